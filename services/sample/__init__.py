"""Sample data: three tenders told as stories, and portfolios of any size. Imports schemas and msgspec only."""
