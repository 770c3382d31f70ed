"""A process that can serve has its start-up objects out of the garbage collector's way."""

import gc

from kernel import ready


def test_what_was_loaded_is_gone_through_no_more():
    before = gc.get_threshold()
    try:
        ready.settle()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold()[0] == ready.GC_OBJECTS
        loop = [[]]
        loop[0].append(loop)
        del loop
        assert gc.collect() > 0, "what is made later is collected as ever"
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
