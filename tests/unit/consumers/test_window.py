"""How far events may run ahead of a client's acknowledgements."""

from consumers.socket.window import TIMEOUT_SECONDS, WINDOW, Window


def full_window(now: float = 0.0) -> Window:
    window = Window()
    window.begin(10)
    for seq in range(11, 11 + WINDOW):
        window.note_sent(seq, now)
    return window


def test_a_new_window_has_all_its_room() -> None:
    window = Window()
    window.begin(10)
    assert window.room == WINDOW == 256


def test_what_is_sent_takes_room_and_an_ack_gives_it_back() -> None:
    window = full_window()
    assert window.room == 0
    window.note_acked(20)
    assert window.room == 10


def test_a_full_window_runs_out_of_patience_after_a_minute() -> None:
    window = full_window(now=100.0)
    assert not window.is_out_of_timeouts(100.0 + TIMEOUT_SECONDS - 1)
    assert window.is_out_of_timeouts(100.0 + TIMEOUT_SECONDS)


def test_a_late_ack_makes_peace() -> None:
    window = full_window(now=100.0)
    window.note_acked(11)
    assert not window.is_out_of_timeouts(1000.0)


def test_an_ack_of_what_was_never_sent_counts_only_what_was() -> None:
    window = full_window()
    window.note_acked(1 << 60)
    assert window.room == WINDOW
    window.note_sent(11 + WINDOW, 0.0)
    assert window.room == WINDOW - 1


def test_an_older_ack_changes_nothing() -> None:
    window = full_window()
    window.note_acked(100)
    room = window.room
    window.note_acked(50)
    assert window.room == room
