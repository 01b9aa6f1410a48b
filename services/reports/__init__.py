"""What is read aloud and pasted: the chair's agenda, the explanation of a figure. Data in, lines of text out."""
