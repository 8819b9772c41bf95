"""Every error a person can meet: what happened, to what, and what to do next.

Each class carries a `message` (what happened, naming the file, row, column or id), a `hint` (the way out) and
`retryable` (whether the same call may succeed later without a change). Shape after outlines' exceptions.
"""


class WhyflagError(Exception):
    """Base of all errors meant for a person. Anything else that reaches the surface is a bug."""

    retryable = False

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class StoreMissing(WhyflagError):
    """No store stands at the path."""


class StoreExists(WhyflagError):
    """A store or another file stands where a new one should be made."""


class StoreInUse(WhyflagError):
    """Another process owns the store."""

    retryable = True


class WrongPassphrase(WhyflagError):
    """The passphrase does not open the store."""


class UnknownUser(WhyflagError):
    """The store has no user of this name, or several and none was named."""


class UserExists(WhyflagError):
    """A user of this name exists, or the change would leave the store without an administrator."""


class LockedOut(WhyflagError):
    """Too many wrong passphrases: the next one is heard later."""

    retryable = True


class RecoveryKeyWrong(WhyflagError):
    """The recovery key is mistyped, or is not the newest one of the store."""


class NotAllowed(WhyflagError):
    """The user's roles do not allow this."""


class PolicyInvalid(WhyflagError):
    """A policy file has an unknown key or a value out of range."""


class StoreDamaged(WhyflagError):
    """The file is no whyflag store, or its pages fail authentication."""


class StoreTooNew(WhyflagError):
    """The store was written by a newer whyflag."""


class StoreWriteFailed(WhyflagError):
    """The disk is full or read-only; nothing of the failed step was kept."""

    retryable = True


class StoreEmpty(WhyflagError):
    """The store holds no transactions yet."""


class MigrationFailed(WhyflagError):
    """The store's schema could not be brought up to date; the store is as it was."""


class BackupFailed(WhyflagError):
    """A backup could not be made or did not pass its test restore; no half backup stands under a backup's name."""

    retryable = True


class BackupUnusable(WhyflagError):
    """A folder holds no backup, one that was changed, or one of another store."""


class CipherMissing(WhyflagError):
    """The encryption library that belongs to this installation cannot be loaded."""


class SourceUnreadable(WhyflagError):
    """A file to import is missing, of an unknown kind, or broken."""


class SourceTooLarge(SourceUnreadable):
    """A file to import, or what comes out of it, goes beyond a limit of the import: bytes, rows, columns or time."""


class MappingInvalid(WhyflagError):
    """A mapping file has an unknown key, a bad expression, or lacks a required column."""


class RulesInvalid(WhyflagError):
    """The file of a typology or a detection rule has an unknown key, kind, column or operator, or no condition."""


class InvalidChange(WhyflagError):
    """A field cannot be changed, or not to this value."""


class UnknownRule(WhyflagError):
    """No detection rule has this name."""


class ColumnMissing(WhyflagError):
    """A file lacks a column that its mapping needs."""


class NotEnoughLabels(WhyflagError):
    """Too few known fraud labels in the period to train."""


class InvalidThreshold(WhyflagError):
    """A budget, precision or cost of review that no threshold can have."""


class NoClassifier(WhyflagError):
    """The store holds no trained classifier."""


class ClassifierRefused(WhyflagError):
    """A classifier artifact holds types that are not allowed, or its hash differs."""


class UnknownAlert(WhyflagError):
    """No alert or transaction has this id."""


class InvalidDecision(WhyflagError):
    """The decision is not allowed in the alert's state, or lacks what the policy asks for."""


class AttachmentRefused(WhyflagError):
    """A file to attach cannot be read, is empty or too large, or an attachment is not what it was."""


class AuditBroken(WhyflagError):
    """The audit chain does not hold: names the first entry that fails."""


class NarratorUnavailable(WhyflagError):
    """The language model is not set up, was killed, hung, or ran out of memory."""

    retryable = True


class BundleUnknown(WhyflagError):
    """Nothing was explained under this bundle, or a file to replay holds no explanation."""


class ModelRefused(WhyflagError):
    """A base model or adapter file is missing or its hash differs from the manifest."""


class ReportFailed(WhyflagError):
    """A report could not be written; nothing half-written was left."""


class ReportUnreadable(WhyflagError):
    """A folder holds no report that can be checked."""


class TemplateInvalid(WhyflagError):
    """A report template's folder is missing, lacks a file, or its brand.toml has a wrong entry."""


class Cancelled(WhyflagError):
    """The person cancelled; nothing of the cancelled step was kept."""

    retryable = True


class KeyTaken(WhyflagError):
    """A key was chosen for an action that means another one already, or that no key can be given to."""


class SettingsDamaged(WhyflagError):
    """A settings file holds what is no setting, or cannot be written; the defaults are used."""


class InvalidFilter(WhyflagError):
    """A filter of the queue names an unknown column, or a value that the column cannot have."""


class InvalidDeadline(WhyflagError):
    """A deadline for decisions is not between an hour and a year."""


class InvalidSnooze(WhyflagError):
    """An alert cannot sleep until a time that is past."""


class InvalidView(WhyflagError):
    """A saved view has no name, or one too long."""


class AlertClaimed(WhyflagError):
    """Somebody else works on the alert."""

    retryable = True
