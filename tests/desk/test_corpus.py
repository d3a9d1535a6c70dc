"""A folder of broken and odd workbooks through the page: each gets a verdict, whatever it holds.

Optional: the folder is named by the same variable as for the reader's own test.
"""

import os
from pathlib import Path

import pytest

from tests.desk.test_story import MONTH
from tests.steps.read.test_corpus import FOLDER
from tests.support.desk import desk_of, page_of
from tests.support.working import Office

ENDINGS = (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".csv")
AT_ONCE, MOST = 40, 40 * 2**20  # files and bytes of one upload
CORPUS = os.environ.get(FOLDER)


def bundles(folder: Path) -> list[list[Path]]:
    """Return the files of a folder in groups that one upload takes."""
    groups: list[list[Path]] = [[]]
    size = 0
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.lower() in ENDINGS:
            size += path.stat().st_size
            if len(groups[-1]) == AT_ONCE or size > MOST:
                groups.append([])
                size = path.stat().st_size
            groups[-1].append(path)
    return groups


@pytest.mark.timeout(3600)
@pytest.mark.skipif(CORPUS is None, reason=f"{FOLDER} names no folder")
def test_every_file_gets_a_verdict(tmp_path: Path) -> None:
    """Each content that was sent has a ledger with a verdict; no page fails."""
    browser = page_of(Office(tmp_path))
    browser.sign_in()
    wrong = []
    for paths in bundles(Path(CORPUS or "")):
        sent = [(f"{n:02d}{path.suffix}", path.read_bytes()) for n, path in enumerate(paths)]
        browser.get(f"/office/{MONTH}")
        answer = browser.post(f"/office/{MONTH}/upload", files=sent)
        if answer.status_code != 200 or "/batch/" not in answer.url.path:
            wrong.append((answer.status_code, [path.name for path in paths]))
            continue
        batch = desk_of(browser).batches.get(answer.url.path.rpartition("/")[2])
        assert batch is not None
        named = {ledger["file"] for ledger in batch.ledgers if ledger["verdict"]}
        judged = {batch.files[name] for name in named}  # the same bytes are judged once
        plain = zip(paths, batch.files.values(), strict=True)
        wrong += [(200, [path.name]) for path, digest in plain if digest not in judged]
    assert wrong == []
