"""The web pages: server-rendered, in Danish and English, working without JavaScript and on a phone."""
