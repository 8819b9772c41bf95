"""Who may do what: roles, and the one table of rights that every use case asks.

The window shows or hides nothing by this table on its own account: a use case refuses, whoever calls it.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from domain.errors import NotAllowed

Role = Literal["analyst", "approver", "administrator", "auditor"]
Right = Literal[
    "read", "import", "score", "decide", "annotate", "approve", "contest", "report", "model", "backup", "restore",
    "administer",
]  # fmt: skip
ROLES: tuple[Role, ...] = get_args(Role)
RIGHT_WORDS: dict[Right, str] = {
    "read": "read cases",
    "import": "import transactions",
    "score": "score transactions",
    "decide": "decide alerts",
    "annotate": "add notes, files or texts to a case",
    "approve": "approve what another person proposed",
    "contest": "reopen a decided case",
    "report": "write reports",
    "model": "train classifiers, set thresholds or change rules",
    "backup": "back the store up",
    "restore": "take a backup back",
    "administer": "manage users and policy",
}
# Reading is everybody's: each user's passphrase opens the whole store. An explanation that is written while somebody
# reads changes no case and leaves its entry in the audit, an auditor's like any other's.
RIGHTS: dict[Role, frozenset[Right]] = {
    "analyst": frozenset({"read", "import", "score", "decide", "annotate", "contest", "report", "backup"}),
    "approver": frozenset({"read", "annotate", "approve", "contest", "report", "backup"}),
    "administrator": frozenset({"read", "import", "score", "model", "backup", "restore", "administer"}),
    "auditor": frozenset({"read", "report"}),
}


@dataclass(frozen=True, slots=True)
class Person:
    """A user of a store.

    `identity` names the human being, so that two users of one person count as one wherever a second is asked for.
    `temporary`: somebody else chose the passphrase, and until it is changed the user may only read.
    """

    name: str
    roles: tuple[Role, ...]
    identity: str = ""
    disabled: bool = False
    temporary: bool = False

    def __post_init__(self) -> None:
        if not self.identity:
            object.__setattr__(self, "identity", self.name)

    @property
    def rights(self) -> frozenset[Right]:
        if self.disabled:
            return frozenset()
        held = frozenset[Right]().union(*(RIGHTS[role] for role in self.roles))
        return held & {"read"} if self.temporary else held

    def may(self, right: Right) -> bool:
        return right in self.rights

    def is_same_human(self, other: "Person") -> bool:
        """Names are compared without regard to case: Ana and ana are not two persons."""
        mine = {self.name.casefold(), self.identity.casefold()}
        return bool(mine & {other.name.casefold(), other.identity.casefold()})


def require(person: Person, right: Right) -> None:
    """Raises NotAllowed."""
    if person.may(right):
        return
    if person.temporary and any(right in RIGHTS[role] for role in person.roles):
        raise NotAllowed(
            f"{person.name} may not {RIGHT_WORDS[right]} with a passphrase that somebody else chose.",
            "Choose your own first: `whyflag user passwd`, or Store > Change passphrase.",
        )
    able = " or ".join(role for role in ROLES if right in RIGHTS[role])
    held = ", ".join(person.roles) or "no role"
    raise NotAllowed(
        f"{person.name} ({held}) may not {RIGHT_WORDS[right]}.", f"Ask {_article(able)} {able} of this store."
    )


def _article(word: str) -> str:
    return "an" if word[:1] in "aeiou" else "a"
