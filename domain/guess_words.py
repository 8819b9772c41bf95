"""What other systems call the contract's columns: names without case, spaces and underscores, the likeliest first."""

NOISE = frozenset({"tx", "txn", "trx", "trans", "tran", "transaction", "payment", "is", "has", "the", "of"})

WORDS: dict[str, tuple[str, ...]] = {
    "transaction_id": (
        "txid", "transid", "transnum", "transactionnumber", "paymentid", "txref", "reference", "ref", "uuid",
        "endtoendid", "id", "num", "referenz", "buchungsnummer", "transaktionsid",
    ),
    "occurred_at": (
        "datetime", "timestamp", "datetranstime", "bookedat", "executedat", "createdat", "eventtime",
        "bookingdate", "postedat", "date", "time", "dt", "buchungsdatum", "zeitpunkt", "datum",
    ),
    "customer_id": (
        "customer", "ccnum", "cardnumber", "cardnum", "cardid", "nameorig", "accountid", "accountnumber", "account",
        "clientid", "client", "sender", "senderid", "origacct", "fromaccount", "originator", "debtor", "userid", "pan",
        "card1", "card", "iban", "sourcenodeid", "kundennummer", "kunde", "konto", "kontonummer", "cc",
    ),
    "amount": ("amt", "value", "sum", "baseamt", "total", "price", "betrag", "umsatz"),
    "currency": ("ccy", "currencycode", "cur", "waehrung", "währung"),
    "merchant_id": ("merchant", "merchantname", "acceptor", "vendor", "shop", "store", "haendler", "händler"),
    "terminal_id": ("terminal", "posid", "atmid", "terminalnumber"),
    "merchant_category": ("mcc", "merchantcategorycode", "category", "productcd", "productcode", "branche"),
    "channel": ("type", "transactiontype", "entrymode", "paymentmethod", "usechip", "method", "kanal"),
    "country": ("countrycode", "merchantcountry", "land", "ländercode"),
    "customer_home_country": ("homecountry", "customercountry", "cardcountry", "issuercountry", "billingcountry"),
    "latitude": ("merchlat", "merchantlat", "terminallat", "lat"),
    "longitude": ("merchlong", "merchlon", "merchantlong", "terminallong", "long", "lon", "lng"),
    "device_id": ("device", "deviceinfo", "devicefingerprint", "fingerprint", "imei", "geraet", "gerät"),
    "counterparty_id": (
        "counterparty", "namedest", "beneficiary", "beneficiaryid", "beneacct", "recipient", "receiver", "creditor",
        "toaccount", "destination", "payee", "empfaenger", "empfänger", "gegenkonto", "targetnodeid",
    ),
    "balance_before": ("oldbalanceorg", "oldbalanceorig", "oldbalance", "openingbalance", "saldovorher"),
    "balance_after": ("newbalanceorig", "newbalanceorg", "newbalance", "closingbalance", "balance", "saldo"),
    "approved": ("authorised", "authorized", "accepted", "genehmigt"),
    "memo": (
        "description", "narrative", "purpose", "remittanceinfo", "remittanceinformation", "note", "details",
        "verwendungszweck", "buchungstext",
    ),
    "flagged": ("flaggedfraud", "alerted", "alert", "suspicious", "suspected"),
    "flag_reason": ("alertreason", "reason", "rule", "rulename"),
    "label": (
        "fraud", "fraudlabel", "fraudulent", "class", "target", "chargeback", "sar", "betrug",
    ),
    "label_time": ("reportedat", "chargebackdate", "frauddate", "confirmedat"),
    "label_scenario": ("fraudscenario", "scenario", "fraudtype", "typology", "alerttype"),
}  # fmt: skip
