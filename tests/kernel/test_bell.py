"""Rings through Valkey, from threads that come and go."""

import threading

from kernel import bell


def test_each_of_many_short_threads_can_ask():
    answers = []
    for _number in range(150):
        thread = threading.Thread(target=lambda: answers.append(bell.ask("PING")))
        thread.start()
        thread.join()
    assert answers == ["PONG"] * 150
