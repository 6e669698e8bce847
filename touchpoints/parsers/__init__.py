"""Pure parsing of uploaded tables: bytes in, one typed record or one stated error per row out.

The way through the package: `inspect` looks at a bounded sample and guesses `ImportOptions`, a person confirms them,
`parse` reads the whole file with them. Nothing here knows of Django, the database, clocks or the file system beyond
the stream it is given.
"""
