"""The key that hides persons in the store: made once, missed when it is lost, replaced (DESIGN §8).

Without the key of earlier runs a roster that is sent again would count beside the one that it
replaces, and a person in two rosters twice. So a key that is missing or another one is refused as
soon as the store holds persons; the store knows its key by a check value.
"""

import hmac
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flows.intake.lock import upkeep_lock
from flows.intake.waiting import discard_stale
from flows.steps.check.person_hash import link
from flows.steps.model import UserError
from flows.steps.store import Store, files_of_store
from flows.steps.store.keys import (
    is_rewritten_for,
    persons_hashed,
    record_check,
    recorded_check,
    rewrite_persons,
)
from flows.steps.store.upkeep import erase

KEY_FILE, KEY_VARIABLE = "person.key", "BULLETIN_PERSON_KEY"
NEXT_KEY = "person.key.next"  # the key that the store is being rewritten for
PATIENCE = 2.0  # seconds for the key that another run is making
_CHECKED = b"ledger-bulletin person key"  # nobody's number
_SETTLE = "请从备份取回原来的密钥（bulletin backup 的文件里有）；确实找不回来的，运行"
_ANEW = "bulletin store rekey --lost，以前各月的花名册不能再逐人比对"


@dataclass(frozen=True)
class Rekeyed:
    """How many persons' hashes were replaced, or given up where the key was lost."""

    persons: int
    lost: bool


def person_key(campaign: Path, store: Store) -> bytes:
    """Return the key from the environment or the campaign's file, which is made once.

    A replacement that was interrupted is finished or undone first. Raises UserError for a key that
    the store's persons were not hashed with, and for a lost one.
    """
    files_of_store(store)  # raises for a place that no store can be at
    settle_rekeying(campaign, store)
    key = _present(campaign)
    if key is None:
        _refuse_loss(campaign, store)
        key = _made(campaign)
    refuse_other_key(store, key)
    if recorded_check(store) is None and persons_hashed(store):
        record_check(store, check_of(key), "used")  # in a store that an older program has made
    return key


def key_to_compare(campaign: Path, store: Store) -> bytes:
    """Return the key for a look at ledgers that stores nothing: a new one where nobody has one.

    Raises UserError as `person_key` does.
    """
    settle_rekeying(campaign, store)
    key = _present(campaign)
    if key is None:
        _refuse_loss(campaign, store)
        return secrets.token_bytes(32)
    refuse_other_key(store, key)
    return key


def check_of(key: bytes) -> str:
    """Return a key's check value, from which nothing of the key can be found."""
    return hmac.new(key, _CHECKED, "sha256").hexdigest()[:32]


def refuse_other_key(store: Store, key: bytes) -> None:
    """Raise UserError if the store's persons were hashed with another key."""
    recorded = recorded_check(store)
    if recorded not in (None, check_of(key)) and persons_hashed(store):
        given = f"环境变量 {KEY_VARIABLE}" if os.environ.get(KEY_VARIABLE) else f"文件 {KEY_FILE}"
        raise UserError(
            f"花名册密钥（{given}）与数据存储里人员所用的不是同一个，没有运行，数据没有动。"
            "用它运行，更正的花名册会与原来的重复计数，也查不出重复人员。"
            f"{_SETTLE} {_ANEW}。"
        )


def record_use(store: Store, key: bytes) -> None:
    """Record that persons are about to be stored by a key; raises UserError for another one."""
    refuse_other_key(store, key)
    if recorded_check(store) != check_of(key):
        record_check(store, check_of(key), "used")


def rekey(campaign: Path, store: Store, months: list[str], *, lost: bool = False) -> Rekeyed:
    """Replace the key and every person's hash in the store; return how many persons there are.

    The new key is a line more than the old one: persons stay comparable, and whoever has the old
    key alone can test no ID number against the store. With `lost` nobody has the old one: it starts
    anew, and the hashes are given up. Raises UserError if it cannot be done.
    """
    if os.environ.get(KEY_VARIABLE):
        raise UserError(
            f"密钥由环境变量 {KEY_VARIABLE} 给出，程序换不了。"
            f"请把它的值写进活动文件夹的 {KEY_FILE}，取消这个环境变量，再运行一次；"
            "换好后各台机器都用新的文件"
        )
    settle_rekeying(campaign, store)
    with upkeep_lock(store, months, lambda _: None):
        persons = persons_hashed(store)
        line = secrets.token_hex(32).encode()
        if lost:
            _refuse_if_there(campaign, store)
            key = line
        else:
            key = person_key(campaign, store) + b"\n" + line
        _write(campaign / NEXT_KEY, key)
        rewrite_persons(store, check_of(key), None if lost else link(line))
        _finish(campaign, store, key)
    return Rekeyed(persons, lost)


def settle_rekeying(campaign: Path, store: Store) -> None:
    """Finish a replacement of the key that was interrupted, or undo it if the store has the old.

    Waits for one that is under way.
    """
    path = campaign / NEXT_KEY
    if not path.exists():
        return
    with upkeep_lock(store, (), lambda _: None):
        if not path.exists():
            return
        key = path.read_bytes().strip()
        if is_rewritten_for(store, check_of(key)):
            _finish(campaign, store, key)
        else:
            path.unlink()


def _finish(campaign: Path, store: Store, key: bytes) -> None:
    """Put a new key in its place once nothing of the store needs the old one."""
    if recorded_check(store) != check_of(key):
        record_check(store, check_of(key), "replaced")
    discard_stale(store, timedelta(0))
    erase(store, "roster")
    (campaign / NEXT_KEY).replace(campaign / KEY_FILE)


def _present(campaign: Path) -> bytes | None:
    """Return the key that there is, None for none; raises UserError for a file that stays empty."""
    given = os.environ.get(KEY_VARIABLE)
    if given:
        return given.encode()
    path = campaign / KEY_FILE
    until = time.monotonic() + PATIENCE
    while path.exists():
        if key := path.read_bytes().strip():
            return key
        if time.monotonic() > until:
            raise UserError(f"密钥文件“{path}”是空的，没有运行。请删除它；{_SETTLE} {_ANEW}。")
        time.sleep(0.1)
    return None


def _made(campaign: Path) -> bytes:
    """Return a key made now; of two runs that begin at once, one makes it and the other waits."""
    with suppress(FileExistsError):
        _write(campaign / KEY_FILE, secrets.token_hex(32).encode())
    return _present(campaign) or b""


def _write(path: Path, key: bytes) -> None:
    """Write a key into a new file that its owner alone can read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())


def _refuse_loss(campaign: Path, store: Store) -> None:
    if persons := persons_hashed(store):
        raise UserError(
            f"花名册密钥“{campaign / KEY_FILE}”没有了，数据存储里有 {persons} 行人员是用它处理的，"
            "没有运行，数据没有动。另做一个密钥，更正的花名册会与原来的重复计数，"
            f"也查不出重复人员。{_SETTLE} {_ANEW}。"
        )


def _refuse_if_there(campaign: Path, store: Store) -> None:
    """Raise UserError if the key is not lost; another store's key is kept beside the new one."""
    key = _present(campaign) if (campaign / KEY_FILE).exists() else None
    if key is None:
        return
    if recorded_check(store) in (None, check_of(key)):
        raise UserError("密钥没有丢失，没有换。要换密钥，运行 bulletin store rekey（不加 --lost）")
    path = campaign / KEY_FILE
    path.replace(path.with_name(f"{KEY_FILE}.{check_of(key)[:8]}"))
