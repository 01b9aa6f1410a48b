"""Tests of the spreadsheets' room."""
