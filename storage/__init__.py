"""Where things are kept: the history stores behind one Protocol, and the SQL database with its migrations."""
