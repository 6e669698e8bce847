"""The stream of one account: everything that happened with it in one list, newest first.

`filters` says what is asked for, `places` where a page begins, `touches` and `events` read the kinds, `pages` merges
them into a page with its silences, `opening` finds the page of one touch, `folding` makes one entry of many texts,
`counts` says what each filter would find.
"""
