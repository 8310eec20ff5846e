"""The database: engine, transactions and errors."""
