"""Statements of the path that is walked all day: SQLAlchemy writes them, once, and we give them to the driver.

Its own way of running one takes three times what SQLite needs for it, most of it for what these statements have none
of: defaults, server-side cursors, results that know their columns by name. Text and types are SQLAlchemy's, for
whichever database it is; transactions, connections and errors stay its own altogether.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

_Convert = Callable[[Any], Any] | None


class Direct:
    """One statement, run with values for all its parameters; an insert, with values for all columns that it names."""

    def __init__(self, statement: Select[Any] | Insert | Delete, *columns: str) -> None:
        """Take a statement; of an insert, also the ``columns`` into which it puts something."""
        self._statement, self._columns = statement, columns
        self._made: dict[Dialect, _Made] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return all rows that are found."""
        made = self._of(connection.dialect)
        return [made.row(row) for row in made.run(connection, values, lambda cursor: cursor.fetchall())]

    def count(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Return how many rows were written or deleted."""
        number: int = self._of(connection.dialect).run(connection, values, lambda cursor: cursor.rowcount)
        return number

    def _of(self, dialect: Dialect) -> _Made:
        made = self._made.get(dialect)
        if made is None:
            made = self._made[dialect] = _make(self._statement, self._columns, dialect)
        return made


@dataclass(frozen=True, slots=True)
class _Made:
    """A statement in the words of one database."""

    text: str
    binds: tuple[tuple[str, _Convert], ...]
    """Each parameter in its order, and how its value is written."""
    by_name: bool
    """Whether the driver takes parameters by name, not by place."""
    columns: tuple[tuple[int, Callable[[Any], Any]], ...]
    """The columns of a row that are not what they are in Python, and how they are read."""

    def run(self, connection: Connection, values: Mapping[str, Any], result: Callable[[DBAPICursor], Any]) -> Any:  # noqa: ANN401 -- what ``result`` returns
        written = [values[name] if convert is None else convert(values[name]) for name, convert in self.binds]
        given = dict(zip((name for name, _ in self.binds), written, strict=True)) if self.by_name else tuple(written)
        if not connection.in_transaction():
            connection.begin()
        cursor: DBAPICursor | None = None
        try:
            cursor = connection.connection.cursor()
            for tell in connection.engine.dispatch.before_cursor_execute:
                tell(connection, cursor, self.text, given, None, False)
            connection.dialect.do_execute(cursor, self.text, given)
            found = result(cursor)
            cursor.close()
        except BaseException as error:
            # Told, counted and raised as of any other statement; a connection that broke goes.
            connection._handle_dbapi_exception(error, self.text, given, cursor, None)
        return found

    def row(self, found: Sequence[Any]) -> tuple[Any, ...]:
        read = list(found)
        for place, convert in self.columns:
            read[place] = convert(read[place])
        return tuple(read)


def _make(statement: Select[Any] | Insert | Delete, columns: tuple[str, ...], dialect: Dialect) -> _Made:
    compiled = statement.compile(dialect=dialect, column_keys=columns or None)
    if not isinstance(compiled, SQLCompiler) or compiled.insert_prefetch:
        raise TypeError("a direct statement names all columns that have a default")
    types = {name: bind.type for bind, name in compiled.bind_names.items()}
    binds = tuple((name, _writer(types[name], dialect)) for name in compiled.positiontup or types)
    selected = statement.selected_columns if isinstance(statement, Select) else ()
    readers = ((place, _reader(column.type, dialect)) for place, column in enumerate(selected))
    read = tuple((place, reader) for place, reader in readers if reader is not None)
    return _Made(compiled.string, binds, not compiled.positional, read)


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> _Convert:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> _Convert:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
