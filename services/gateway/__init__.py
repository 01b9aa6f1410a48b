"""HTTP: the API for systems and the pages for people. The only room that imports a web framework."""
