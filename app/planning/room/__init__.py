"""The planning room: the board of a draft, moving by hand, undoing it, and two coordinators at once.

opened.py     a draft's two documents read once per process, with its move finder
lanes.py      sessions and what lies behind them, laid out as lanes
board.py      one view of the board: which lanes, which days, what is selected
conflicts.py  what of a draft does not hold in the network as it is now
editing.py    one change by hand, worked out: the workshop before and after, and what it does
people.py     who could take a place in a team, or a seat
moving.py     where a session can go, in words
services.py   the verbs: move, leave out, fix, let go, hand a place on, seat, undo, redo
words.py      all of it in the reader's language
pages.py      what its pages share (the routes are `app.planning.views.room` and `room_edits`)
"""
