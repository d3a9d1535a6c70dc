"""The letters of a month: packets, receipts, reminders, and the bulletin to the office itself."""

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date

from flows.mail.letter import Letter, letter_key, signature
from flows.mail.reminders import is_reminding, reminders
from flows.settings import Campaign
from flows.steps.compose.planning import PlannedDocument, documents_due
from flows.steps.files import safe_name
from flows.steps.model import Failure, LedgerReport, Report
from flows.steps.months import Month, in_words
from flows.steps.supervision import notices, sender_of
from schemas.columns import KIND_NAMES
from schemas.documents import BULLETINS, ITEM_NOTICE, NOTICE, RECEIPT, YES, DocumentLine

# title and request of the letter with a packet, for what must be mended and for what is doubted
RETURN = (
    "台账退回通知",
    "经校验需要更正，退回通知和标注了问题的台账见附件，请按通知要求更正后重新报送。",
)
QUERY = (
    "台账核实通知",
    "有几处数据需要核实，核实前暂不计入。通知和标注了问题的台账见附件："
    "有误的请更正，属实的请写明理由，然后重新报送。",
)


def letters(report: Report, files: Sequence[str]) -> tuple[list[Letter], list[str]]:
    """Return the letters of a month, and the senders without an address.

    Each document goes to whom 文书.csv says: a packet to each sender whose ledger is returned, a
    receipt, where the settings ask for it, to each whose ledger is accepted, the bulletin to the
    office. A reminder goes to each who owes a ledger: on the days that the settings give, or at
    once where they give none.
    """
    present = frozenset(files)
    due = [planned for planned in documents_due(report) if planned.path in present]
    all_letters = [
        *_packets(report, files, due),
        *_receipts(report, due),
        *(reminders(report) if is_reminding(report.campaign) else _missing(report)),
        *_documents(report, due),
        *_supervision(report, present, due),
        *_bulletins(report, files, due),
    ]
    without_address = {letter.sender for letter in all_letters if not letter.address}
    return [letter for letter in all_letters if letter.address], sorted(without_address)


def form_letters(
    campaign: Campaign, month: Month, issued: date, files: Mapping[str, str]
) -> tuple[list[Letter], list[str]]:
    """Return a letter to each sender with its own form of a month, and the senders without address.

    `files` are the forms by sender. A sender is sent one form a month; none once the campaign has
    ended.
    """
    if issued > campaign.settings.deadlines.acceptance:
        return [], []
    letters = [
        Letter(
            key=letter_key("form", month, name),
            sender=name,
            address=campaign.sender[name].mail,
            subject=f"{month.label}进度台账填报表（{name}）",
            text=_form_text(campaign, month, issued, name),
            files=[path],
        )
        for name, path in files.items()
    ]
    without_address = sorted(letter.sender for letter in letters if not letter.address)
    return [letter for letter in letters if letter.address], without_address


def _form_text(campaign: Campaign, month: Month, issued: date, sender: str) -> str:
    settings, words = campaign.settings, campaign.definition.words
    due = settings.policy.due_date(month)
    contact = settings.bulletin.contact
    return (
        f"{sender}：\n\n"
        f"附件是贵单位{month.label}的进度台账填报表，单位、代码、基数和上月数已填好。"
        f"请填写截至{in_words(month.last_day)}的累计数，于{in_words(due)}前报回本表。\n"
        "填错的格会变红，原因见“检查”栏，请改好再报。"
        "与上月完全一样的，只需把“本月无变动”选为☑；"
        f"没有应{words.action}{words.people}的，把“零报告”选为☑。\n"
        + (f"联系人：{contact}\n" if contact else "")
        + f"\n{settings.office}\n{in_words(issued)}\n"
    )


def _packets(
    report: Report, files: Sequence[str], due: Sequence[PlannedDocument]
) -> Iterator[Letter]:
    line = _line(report, NOTICE)
    receipts = {planned.path for planned in due if planned.line.kind == "receipt"}
    for sender in report.campaign.senders if line.sent else ():
        folder = f"returns/{safe_name(sender.name)}/"
        packet = [path for path in files if path.startswith(folder) and path not in receipts]
        if not packet:
            continue
        verdicts = {x.verdict for x in _not_accepted(report, sender.name)}
        title, request = QUERY if verdicts == {"held"} else RETURN
        text = (
            f"{sender.name}：\n\n"
            f"贵单位报送的{report.month.label}台账{request}\n\n"
            f"{signature(report)}"
        )
        yield Letter(
            key=letter_key("packet", report.month, sender.name, *_wrong(report, sender.name)),
            sender=sender.name,
            address=_to(line, sender.mail),
            subject=f"{report.month.label}{title}（{sender.name}）",
            text=text,
            files=[*packet, *_attached(line, sender.name, due)],
        )


def _line(report: Report, name: str) -> DocumentLine:
    return next(line for line in report.campaign.documents if line.name == name)


def _to(line: DocumentLine, mail: str) -> str:
    """Return where a document is sent: the address of whom it is for, or the one that it names."""
    return mail if line.sent in ("", YES) else line.sent


def _attached(line: DocumentLine, name: str, due: Sequence[PlannedDocument]) -> list[str]:
    """Return the documents that go with one for a name: those for the same, or of the city."""
    return [
        other.path
        for other in due
        if other.line.name in line.attached and (other.name == name or other.line.subject == "city")
    ]


def _receipts(report: Report, due: Sequence[PlannedDocument]) -> Iterator[Letter]:
    line = _line(report, RECEIPT)
    if not (report.campaign.settings.bulletin.receipts or line.sent):
        return
    failures: dict[str, list[Failure]] = {}
    for failure in report.failures:
        failures.setdefault(failure.file, []).append(failure)
    paths = {planned.name: planned.path for planned in due if planned.line is line}
    for sender in report.campaign.senders:
        if sender.name not in paths:
            continue
        text = (
            f"{sender.name}：\n\n"
            f"贵单位报送的{report.month.label}台账已收到并审核通过，计入的数和提请核对的事项见附件回执。\n\n"
            f"{signature(report)}"
        )
        ledgers = [x for x in report.live if x.sender == sender.name and x.verdict == "accepted"]
        said = [f"{f.code}!{f.message}" for x in ledgers for f in failures.get(x.file, ())]
        yield Letter(
            key=letter_key(
                "receipt", report.month, sender.name, *(x.sha256 for x in ledgers), *said
            ),
            sender=sender.name,
            address=_to(line, sender.mail),
            subject=f"{report.month.label}台账回执（{sender.name}）",
            text=text,
            files=[paths[sender.name], *_attached(line, sender.name, due)],
        )


def _supervision(
    report: Report, present: Container[str], due: Sequence[PlannedDocument]
) -> Iterator[Letter]:
    """Yield a letter with each document of the supervised items of a unit, and with its form."""
    by_unit = {notice.unit: notice for notice in notices(report)}
    for planned in due:
        line, unit = planned.line, planned.name
        if line.kind != "supervision" or not line.sent:
            continue
        sender = sender_of(report, unit) or unit
        registered = report.campaign.sender.get(sender)
        request = "请按通知要求办理，填好反馈表报回。" if by_unit[unit].open else ""
        text = f"{sender}：\n\n{line.name}见附件。{request}\n\n{signature(report)}"
        steps = [event.id for each in by_unit[unit].lines for event in each.item.events]
        series = () if line.name == ITEM_NOTICE else (line.name,)
        form = [planned.form] if planned.form in present else []
        yield Letter(
            key=letter_key("supervision", report.month, sender, *series, *steps),
            sender=sender,
            address=_to(line, registered.mail if registered is not None else ""),
            subject=f"{report.month.label}{line.name}（{unit}）",
            text=text,
            files=[planned.path, *form, *_attached(line, unit, due)],
        )


def _not_accepted(report: Report, sender: str) -> list[LedgerReport]:
    ledgers = [x for x in report.live if (x.sender or x.likely) == sender]
    return [ledger for ledger in ledgers if ledger.verdict != "accepted"]


def _wrong(report: Report, sender: str) -> Iterator[str]:
    """Yield the hashes of a sender's returned ledgers, then their failures."""
    ledgers = _not_accepted(report, sender)
    yield from sorted(x.sha256 for x in ledgers)
    names = {x.file for x in ledgers}
    yield from sorted(
        f"{f.file}!{f.sheet}!{f.cell}!{f.code}!{f.message}"
        for f in report.failures
        if f.file in names
    )


def _missing(report: Report) -> Iterator[Letter]:
    """Yield a letter to each sender that owes a ledger, until the campaign has ended."""
    deadlines = report.campaign.settings.deadlines
    if report.issued > deadlines.acceptance:
        return
    days = (deadlines.handover - report.issued).days
    until = f"交接截止日为{in_words(deadlines.handover)}，还有{days}天。" if days > 0 else ""
    for sender in report.campaign.senders:
        owed = [
            KIND_NAMES[row.kind]
            for row in report.figures.coverage
            if row.sender == sender.name and row.verdict == "missing"
        ]
        if not owed:
            continue
        text = (
            f"{sender.name}：\n\n"
            f"至今未收到贵单位{report.month.label}的{'、'.join(owed)}，请尽快报送。{until}\n\n"
            f"{signature(report)}"
        )
        yield Letter(
            key=letter_key("reminder", report.month, sender.name, *owed),
            sender=sender.name,
            address=sender.mail,
            subject=f"{report.month.label}台账催报（{sender.name}）",
            text=text,
            files=[],
        )


def _documents(report: Report, due: Sequence[PlannedDocument]) -> Iterator[Letter]:
    """Yield a letter with each document that 文书.csv says is sent, once a month to each."""
    for planned in due:
        line = planned.line
        in_letter_of_its_own = line.kind != "figures" or line.name == BULLETINS["city"]
        if not line.sent or in_letter_of_its_own:
            continue
        yield Letter(
            key=letter_key("document", report.month, line.name, planned.name),
            sender=planned.name,
            address=_to(line, _address(report, planned)),
            subject=f"{report.month.label}{line.name}（{planned.name}）",
            text=f"{planned.name}：\n\n{line.name}见附件。\n\n{signature(report)}",
            files=[planned.path, *_attached(line, planned.name, due)],
        )


def _address(report: Report, planned: PlannedDocument) -> str:
    """Return the address of whom a document is for, empty if 名录 has none."""
    if planned.line.subject == "city":
        return report.campaign.settings.bulletin.mail
    named = (s for s in report.campaign.senders if planned.name in (s.county, s.name))
    return next((sender.mail for sender in named), "")


def _bulletins(
    report: Report, files: Sequence[str], due: Sequence[PlannedDocument]
) -> Iterator[Letter]:
    settings, line = report.campaign.settings, _line(report, BULLETINS["city"])
    address = _to(line, settings.bulletin.mail) if line.sent else ""
    if not address:
        return
    attached = [path for path in files if path == "汇总表.xlsx" or _is_city_bulletin(path)]
    attached += _attached(line, report.figures.city.name, due)
    yield Letter(
        key=letter_key("bulletin", report.month, *_content(report), *attached),
        sender=settings.office,
        address=address,
        subject=f"{report.month.label}工作简报",
        text=f"{report.month.label}{settings.bulletin.title}已编制，见附件。\n",
        files=attached,
    )


def _is_city_bulletin(path: str) -> bool:
    return path.startswith("bulletins/全市") and path.endswith(".docx")


def _content(report: Report) -> Iterator[str]:
    """Yield a bulletin's content without its date: all counts, and the ledgers used."""
    figures = report.figures
    for entry in (figures.city, *figures.groups, *figures.counties, *figures.enterprises):
        yield f"{entry.name} {sorted(entry.counts.items())}"
    yield from (f"{row.sender} {row.kind} {row.verdict} {row.used}" for row in figures.coverage)
