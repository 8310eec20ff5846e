"""Query plans, as each database reports them."""

from __future__ import annotations

import re

from lti_tool.models import db

FEW = 500


def plan_of(statement):
    """Return the lines of the database's plan."""
    explain = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    compiled = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    with db.engine.connect() as connection:
        # Literals have their percent signs doubled for the driver already, where it needs that.
        return [tuple(row) for row in connection.exec_driver_sql(f"{explain} {compiled}", ())]


def scanned_tables(plan):
    """Return the tables of which the plan reads every row."""
    name = db.engine.dialect.name
    if name == "sqlite":
        return {match[1] for row in plan if (match := re.match(r"SCAN (\w+)(?! USING (COVERING )?INDEX ix)", row[3]))}
    if name == "postgresql":
        return {match[1] for row in plan if (match := re.search(r"Seq Scan on (\w+)", row[0]))}
    # An index that is read in its order, and only as far as the limit goes, is no scan.
    return {row[2] for row in plan if row[3] == "ALL" or (row[3] == "index" and int(row[8] or 0) > FEW)}
