"""Reading the rows of a Delta table's Parquet files.

`DeltaTable.to_pyarrow_table` reads through pyarrow's datasets, which import pandas: a third of the
time that a single bulletin takes. So does whatever turns Python values into Arrow ones
(`pyarrow.scalar`, `array`, `table`) or into numpy's; this module uses Arrow's own buffers instead.
The tables are plain (append-only, no deletion vectors, no mapped columns), so that their live files
are all there is.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.fs as fs
from deltalake import DeltaTable
from pyarrow.parquet import ParquetFile

_FORMER = b"former"
Filter = tuple[str, str, Any]  # column, operator, value
_PASSES: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    "in": lambda value, wanted: value in wanted,
}


def live_rows(
    table: DeltaTable, files: fs.FileSystem, schema: pa.Schema, filters: Sequence[Filter]
) -> pa.Table:
    """Return the columns of `schema` of the rows that pass every filter, in no particular order.

    A column that a file lacks, since an older program wrote it, is empty in its rows.

    `files` has the table's folder as its root. Files of partitions that cannot pass are not opened.
    Raises OSError or ArrowException.
    """
    tables = [no_rows(schema)]
    for path, part in files_of(table):
        if all(_PASSES[sign](part[name], value) for name, sign, value in filters if name in part):
            inner = [f for f in filters if f[0] not in part]
            tables.append(rows_of(files, path, part, schema, inner))
    return pa.concat_tables(tables)


def no_rows(schema: pa.Schema) -> pa.Table:
    """Return a table without rows."""
    return pa.Table.from_arrays([pa.nulls(0, field.type) for field in schema], schema=schema)


def renamed_field(name: str, type_: pa.DataType, former: Sequence[str]) -> pa.Field:
    """Return a column's field that remembers what the column was called before."""
    metadata = {_FORMER: "\0".join(former).encode()} if former else None
    return pa.field(name, type_, metadata=metadata)


def _former(field: pa.Field) -> list[str]:
    names = (field.metadata or {}).get(_FORMER, b"").decode()
    return names.split("\0") if names else []


def records(rows: pa.Table) -> list[dict[str, Any]]:
    """Return rows as dicts, as `to_pylist` does, with times in UTC.

    An Arrow time with a zone would import pandas.
    """
    columns = {}
    for name, column in zip(rows.column_names, rows.columns, strict=True):
        timed = pa.types.is_timestamp(column.type)
        values = column.cast(pa.timestamp("us")).to_pylist() if timed else column.to_pylist()
        columns[name] = (
            [value.replace(tzinfo=UTC) if value else None for value in values] if timed else values
        )
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def files_of(table: DeltaTable) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each live file's path in the table's folder, with the values of its partition."""
    actions = table.get_add_actions(flatten=True)
    parts = {
        name: actions[f"partition.{name}"].to_pylist()
        for name in table.metadata().partition_columns
    }
    for number, path in enumerate(actions["path"].to_pylist()):
        yield path, {name: values[number] for name, values in parts.items()}


def rows_of(
    files: fs.FileSystem,
    path: str,
    part: Mapping[str, str],
    schema: pa.Schema,
    filters: Sequence[Filter],
) -> pa.Table:
    """Return the rows of one file that pass the filters, its partition's values as columns."""
    former = [name for field in schema for name in _former(field)]
    stored = {*schema.names, *former, *(name for name, _, _ in filters)} - part.keys()
    with files.open_input_file(path) as stream:
        rows = ParquetFile(stream, pre_buffer=True).read(columns=sorted(stored))
    if any(name not in rows.column_names for name, _, _ in filters):
        return no_rows(schema)
    for name, sign, value in filters:
        rows = rows.filter(_flags(rows[name].combine_chunks(), sign, value))
    columns = [_column(rows, field, part) for field in schema]
    return pa.Table.from_arrays(columns, names=schema.names).cast(schema)


def _column(rows: pa.Table, field: pa.Field, part: Mapping[str, str]) -> pa.ChunkedArray | pa.Array:
    if field.name in part:
        return _repeated(part[field.name], rows.num_rows)
    if field.name in rows.column_names:
        return rows[field.name]
    for name in _former(field):
        if name in rows.column_names:
            return rows[name]
    return pa.nulls(rows.num_rows, field.type)


def _flags(column: pa.Array, sign: str, value: Any) -> pa.Array:
    """Return which values pass a filter, as Arrow's bits; an empty value does not pass."""
    coded = column.dictionary_encode(null_encoding="encode")
    passing = np.array(
        [v is not None and _PASSES[sign](v, value) for v in coded.dictionary.to_pylist()],
        dtype=bool,
    )
    flags = passing[
        np.frombuffer(
            coded.indices.buffers()[1],
            dtype=np.int32,
            count=len(column),
            offset=4 * coded.indices.offset,
        )
    ]
    return pa.Array.from_buffers(
        pa.bool_(), len(flags), [None, pa.py_buffer(np.packbits(flags, bitorder="little"))]
    )


def _repeated(text: str, count: int) -> pa.Array:
    """Return a column that repeats a text, as Arrow stores it: the ends, and the bytes of all."""
    data = text.encode()
    ends = np.arange(count + 1, dtype=np.int32) * np.int32(len(data))
    return pa.Array.from_buffers(
        pa.string(), count, [None, pa.py_buffer(ends), pa.py_buffer(data * count)]
    )
