"""The planning room: the board of a draft.

opened.py     a draft's two documents read once per process, with its move finder
lanes.py      sessions and what lies behind them, laid out as lanes
board.py      one view of the board: which lanes, which days, what is selected
conflicts.py  what of a draft no longer holds in the network as it is now
words.py      all of it in the reader's language
"""
