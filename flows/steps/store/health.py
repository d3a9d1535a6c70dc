"""Whether the store's tables are whole: their logs read, their files there and as long as noted."""

from collections.abc import Iterator
from pathlib import Path

from flows.steps.model import UserError
from flows.steps.store.tables import SCHEMAS, Store


def faults_of(store: Store) -> Iterator[str]:
    """Yield what is wrong with each table of the store; nothing for a store that is not there."""
    for name in SCHEMAS:
        try:
            table = store.table(name)
            if table is None:
                continue
            missing = list(_missing(store, name, table.file_uris()))
            if not missing:
                store.read(name)
        except (UserError, OSError) as error:
            yield f"{name} 表读不出来（{error}）"
            continue
        if missing:
            yield f"{name} 表缺少 {len(missing)} 个数据文件"


def _missing(store: Store, name: str, uris: list[str]) -> Iterator[str]:
    """Yield the data files of a table that its folder does not hold; of a remote store none."""
    if store.is_folder:
        for uri in uris:
            path = Path(uri.removeprefix("file://"))
            if not path.is_file() or not path.stat().st_size:
                yield f"{name}/{path.name}"
