"""Spreadsheets as clerks send them: cells from files, rows to proposed events, templates, and sheets handed back.

Pure of HTTP and SQL. What the caller's organisation knows comes in as a `Book` (`services.sheets.book`).
"""
