"""What runs: the rules (`domain`), the database (`store`), and the ways in and out."""
