"""The attacks that are played in this folder, and what comes of each.

python -m tests.hostile.attacks prints the table that stands in docs/security.md.
"""

from dataclasses import dataclass

RELAY = "test_lying_relay"
MEMBER = "test_lying_member"
TERMINAL = "test_terminal"


@dataclass(frozen=True, slots=True)
class Attack:
    """What is done, what comes of it, and the test (in this folder) that plays it."""

    what: str
    outcome: str
    test: str


LYING_RELAY = (
    Attack(
        "drops one message, for all or for one",
        "told to each who misses it: `gap`, with the author's name and how many",
        f"{RELAY}::test_a_message_dropped_for_one_is_missed_by_that_one",
    ),
    Attack(
        "drops a run of messages",
        "told to each who misses it, once: `gap`",
        f"{RELAY}::test_a_run_of_messages_dropped_is_told_once",
    ),
    Attack(
        "drops all that one member says, for another one",
        "told to that one: `split`, as soon as a third one has seen it and speaks",
        f"{RELAY}::test_everything_of_one_member_dropped_for_one_is_told_by_what_others_had_seen",
    ),
    Attack(
        "drops all that one member says, for everybody",
        "told to its author: `withheld`, when others speak of later things",
        f"{RELAY}::test_everything_of_one_member_dropped_for_all_is_told_to_its_author",
    ),
    Attack(
        "drops what was said while one was away",
        "told to that one when it is back: `gap` or `split`",
        f"{RELAY}::test_what_was_said_while_one_was_away_and_is_dropped_is_missed_when_it_is_back",
    ),
    Attack(
        "drops from the midst of the history that a newcomer asks for",
        "told to the newcomer: `gap` or `split`",
        f"{RELAY}::test_what_is_dropped_in_the_midst_of_history_is_missed_by_the_newcomer",
    ),
    Attack(
        "drops, and numbers the rest so that nothing seems to be missing",
        "told to the victim: `gap`; to the others, when it speaks: `split`",
        f"{RELAY}::test_numbers_that_close_up_hide_no_gap",
    ),
    Attack(
        "hides that somebody came back, and drops the first words of the connection",
        "told to each who misses them: `gap`",
        f"{RELAY}::test_a_hidden_arrival_hides_no_gap_at_the_start_of_a_connection",
    ),
    Attack(
        "the same, with the first words in one chunk with others",
        "told to each who misses them: `gap`",
        f"{RELAY}::test_a_hidden_arrival_hides_no_gap_in_a_burst_after_coming_back",
    ),
    Attack(
        "hides that somebody came for the first time, and drops the first words",
        "told to each who misses them: `gap`",
        f"{RELAY}::test_a_hidden_arrival_hides_no_gap_in_the_first_burst_of_somebody_new",
    ),
    Attack(
        "keeps back the newest message",
        "told to the victim with the next that comes: `gap`; until then it is a slow line",
        f"{RELAY}::test_the_newest_message_kept_back_is_missed_when_more_is_said",
    ),
    Attack(
        "keeps messages back for a while, and then shows them",
        "harmless: a slow line; all is shown in its place",
        f"{RELAY}::test_what_is_kept_back_for_a_while_and_then_shown_is_a_slow_line",
    ),
    Attack(
        "replays a message at once, under a new number or its own",
        "told to each who gets it: `replay`; shown once",
        f"{RELAY}::test_a_message_that_is_said_again_at_once_is_told_and_shown_once",
    ),
    Attack(
        "replays an old message later",
        "told to each who gets it: `replay`; shown once",
        f"{RELAY}::test_an_old_message_that_is_said_again_later_is_told",
    ),
    Attack(
        "replays an old message to one who comes back",
        "told to that one: `replay`; shown once",
        f"{RELAY}::test_an_old_message_that_is_said_again_to_one_who_comes_back_is_told",
    ),
    Attack(
        "replays an old message to a client that was restarted",
        "told to that one: `replay`; not shown, for how far it had heard is kept in a file",
        f"{RELAY}::test_an_old_message_that_is_said_again_to_a_restarted_client_is_told",
    ),
    Attack(
        "replays the whole past to a client that was restarted, as if it were new",
        "told to that one: `replay`; not shown",
        f"{RELAY}::test_a_whole_past_that_is_said_again_to_a_restarted_client_is_told",
    ),
    Attack(
        "repeats the chunk that one who comes back asks for",
        "harmless: it is known, and shown once",
        f"{RELAY}::test_the_chunk_that_one_who_comes_back_asks_for_is_not_shown_again",
    ),
    Attack(
        "replays a message of another room",
        "told to each who gets it: `undecryptable`; not shown",
        f"{RELAY}::test_a_message_of_another_room_opens_for_nobody",
    ),
    Attack(
        "shows a newcomer the past as if it were said now",
        "harmless: it was said in this room, by these members, and its signed time stands beside it",
        f"{RELAY}::test_a_newcomer_that_is_shown_the_past_as_if_it_were_now_sees_when_it_was_said",
    ),
    Attack(
        "shows a newcomer an old end of the log",
        "told to the newcomer when anybody speaks: `gap` or `split`",
        f"{RELAY}::test_a_newcomer_that_is_shown_an_old_end_of_the_log_is_told_when_anybody_speaks",
    ),
    Attack(
        "swaps two messages of one member",
        "told to each who gets them so: `gap`, then `reordered`",
        f"{RELAY}::test_two_messages_of_one_member_swapped_are_told",
    ),
    Attack(
        "swaps two messages of two members",
        "told to the victim: `split`; to the others, when it speaks: `split`",
        f"{RELAY}::test_two_messages_of_two_members_swapped_are_told",
    ),
    Attack(
        "lets the numbers go back",
        "told to each who gets them, once: `reordered`",
        f"{RELAY}::test_numbers_that_go_back_are_told_once",
    ),
    Attack(
        "alters a token, each byte in turn",
        "told to each who gets it: `undecryptable`; nothing of it is shown",
        f"{RELAY}::test_every_byte_of_a_token_that_is_altered_is_told_and_nothing_of_it_shown",
    ),
    Attack(
        "alters what makes a line a token",
        "harmless: the connection ends, `malformed`; nothing is shown, all is asked for again",
        f"{RELAY}::test_a_token_whose_beginning_is_altered_ends_the_connection",
    ),
    Attack(
        "truncates a token, at each byte",
        "told to each who gets it: `undecryptable`; nothing of it is shown",
        f"{RELAY}::test_a_token_cut_short_anywhere_is_told_and_nothing_of_it_shown",
    ),
    Attack(
        "cuts a connection in the midst of a token",
        "harmless: the chunk is asked for again, whole",
        f"{RELAY}::test_a_connection_cut_in_the_midst_of_a_token_loses_nothing",
    ),
    Attack(
        "glues two tokens together",
        "told to each who gets them: `undecryptable`; neither is shown",
        f"{RELAY}::test_two_tokens_glued_together_are_told_and_neither_is_shown",
    ),
    Attack(
        "glues a token to one that ends in padding",
        "harmless: the connection ends, `malformed`; nothing is shown, all is asked for again",
        f"{RELAY}::test_a_token_glued_to_one_that_ends_in_padding_ends_the_connection",
    ),
    Attack(
        "sends lines of its own, plain text among them",
        "harmless: the connection ends, `malformed`; nothing is shown",
        f"{RELAY}::test_a_line_that_is_none_ends_the_connection_and_is_not_shown",
    ),
    Attack(
        "says a verb out of turn",
        "harmless: the connection ends, `unexpected`; nothing is shown",
        f"{RELAY}::test_a_verb_out_of_turn_ends_the_connection",
    ),
    Attack(
        "sends a line without end",
        "harmless: the connection ends, `line-too-long`; what is held in memory is bounded",
        f"{RELAY}::test_a_line_without_end_ends_the_connection",
    ),
    Attack(
        "answers what nobody asked",
        "harmless: no message is shown, lost or acknowledged by it",
        f"{RELAY}::test_answers_to_nothing_change_nothing",
    ),
    Attack(
        "invents a member, with a card of its own making",
        "told to each who gets it: `undecryptable`; nobody is shown as present",
        f"{RELAY}::test_a_member_with_a_card_that_the_relay_made_up_is_told",
    ),
    Attack(
        "gives a message out for a card",
        "told to each who gets it: `forged`",
        f"{RELAY}::test_a_member_with_a_message_for_a_card_is_told",
    ),
    Attack(
        "announces somebody who has gone, with the old card",
        "told to each who saw them go: `replay`; not shown as present",
        f"{RELAY}::test_somebody_gone_who_is_announced_again_with_the_old_card_is_told",
    ),
    Attack(
        "hides a member",
        "harmless: whoever listens holds the key, and whoever speaks is shown by name",
        f"{RELAY}::test_a_hidden_member_can_only_hear_until_it_speaks",
    ),
    Attack(
        "says that somebody who is here has gone",
        "harmless: what they say is shown as before",
        f"{RELAY}::test_somebody_who_is_said_to_be_gone_is_heard_as_before",
    ),
    Attack(
        "holds the key too, and brings a known name with another identity",
        "told to each who meets it: `identity_changed`",
        f"{RELAY}::test_a_known_name_with_another_key_is_told",
    ),
    Attack(
        "splits the room in two",
        "told to both halves with the first word that crosses: `split` or `gap`",
        f"{RELAY}::test_a_room_split_in_two_is_told_with_the_first_word_that_crosses",
    ),
    Attack(
        "splits the room in two, with numbers that close up on each side",
        "told to those who hear the first words that cross: `split`",
        f"{RELAY}::test_a_split_whose_numbers_close_up_on_each_side_is_told_when_it_heals",
    ),
    Attack(
        "splits the room for good: nothing ever crosses",
        "harmless as far as it goes: a cut wire; what each half is shown was said, whole and in order",
        f"{RELAY}::test_a_room_split_in_two_for_good_is_two_rooms_in_which_nothing_is_false",
    ),
    Attack(
        "offers another version of the protocol",
        "harmless: the client closes, `unexpected`, before it has said anything",
        f"{RELAY}::test_another_version_of_the_protocol_is_not_spoken",
    ),
    Attack(
        "acknowledges what it did not keep",
        "told to the author: `withheld`, when others speak of later things",
        f"{RELAY}::test_an_acknowledgement_of_what_was_not_kept_is_told_to_the_author",
    ),
    Attack(
        "the same, with a false place in the ACK",
        "told to the author: `reordered` or `withheld`",
        f"{RELAY}::test_a_false_place_in_an_acknowledgement_hides_nothing_that_was_not_kept",
    ),
    Attack(
        "keeps a message, and says a false place in the ACK",
        "told to the author: `reordered` or `split`",
        f"{RELAY}::test_a_false_place_in_an_acknowledgement_of_what_was_kept_is_told",
    ),
    Attack(
        "acknowledges more than was said",
        "harmless: nothing counts as kept by it",
        f"{RELAY}::test_an_acknowledgement_of_more_than_was_said_acknowledges_nothing",
    ),
    Attack(
        "never acknowledges",
        "harmless: the message counts as not sent, and is named so at the end",
        f"{RELAY}::test_a_message_that_is_never_acknowledged_is_not_shown_as_sent",
    ),
    Attack(
        "rolls its log back",
        "told to each who comes back: `gap`",
        f"{RELAY}::test_a_log_that_was_rolled_back_is_told_to_whoever_comes_back",
    ),
    Attack(
        "rolls its log back while a client is not running",
        "told to that one: `gap`, for how far it had heard is kept in a file",
        f"{RELAY}::test_a_log_that_was_rolled_back_is_told_to_a_restarted_client",
    ),
    Attack(
        "pretends that it keeps the past no more",
        "told to each who comes back: `gap`",
        f"{RELAY}::test_a_past_that_is_said_to_be_let_go_is_told",
    ),
    Attack(
        "says goodbye for a reason of its own",
        "harmless: the client comes back, and shows the reason as the relay's word",
        f"{RELAY}::test_a_farewell_that_the_relay_made_up_is_shown_as_its_word_and_ends_nothing",
    ),
)

LYING_MEMBER = (
    Attack(
        "signs in another member's name and key",
        "told to everybody: `forged`; not shown",
        f"{MEMBER}::test_a_message_under_another_members_key_is_forged",
    ),
    Attack(
        "puts such messages between its own, all at once, and names them as what came before",
        "told to everybody: `forged`, for each; its own are shown",
        f"{MEMBER}::test_messages_under_another_members_key_are_forged_whatever_comes_with_them",
    ),
    Attack(
        "takes another member's name, with a key of its own",
        "told to everybody: `identity_changed`; its messages are marked",
        f"{MEMBER}::test_another_members_name_with_ones_own_key_is_told",
    ),
    Attack(
        "takes a name that only looks like another's",
        "told to everybody: `identity_changed`; its messages are marked",
        f"{MEMBER}::test_a_name_that_only_looks_like_anothers_is_told",
    ),
    Attack(
        "repeats another member's token",
        "told to everybody: `replay`; shown once",
        f"{MEMBER}::test_another_members_token_said_once_more_is_a_replay",
    ),
    Attack(
        "says two things under one number",
        "told to everybody: `contradiction`, with its name; the first is shown",
        f"{MEMBER}::test_two_texts_under_one_number_are_a_contradiction",
    ),
    Attack(
        "says two things in one place of its connection",
        "told to everybody: `replay`, with its name; the first is shown",
        f"{MEMBER}::test_two_tokens_in_one_place_are_a_replay",
    ),
    Attack(
        "leaves out numbers",
        "told to everybody: `gap`, with its name",
        f"{MEMBER}::test_numbers_that_are_left_out_are_missed",
    ),
    Attack(
        "claims to have seen what nobody was shown",
        "told to everybody: `split`, with its name",
        f"{MEMBER}::test_what_nobody_was_shown_and_she_claims_to_have_seen_is_told_with_her_name",
    ),
    Attack(
        "sends a card for a message",
        "harmless: nothing is shown",
        f"{MEMBER}::test_a_card_among_the_messages_is_not_shown",
    ),
    Attack(
        "spells a token in another way",
        "told to everybody: `undecryptable`; not shown",
        f"{MEMBER}::test_another_spelling_of_a_token_opens_for_nobody",
    ),
    Attack(
        "glues two tokens together",
        "told to everybody: `undecryptable`; neither is shown",
        f"{MEMBER}::test_glued_tokens_open_for_nobody",
    ),
    Attack(
        "sends lines of 10 MB, verbs in tokens or plain text",
        "harmless: the relay ends its connection, and passes none of it on",
        f"{MEMBER}::test_a_line_that_is_no_token_is_refused_by_the_relay_and_heard_by_nobody",
    ),
    Attack(
        "encrypts anything else than an envelope",
        "told to everybody: `forged`; not shown",
        f"{MEMBER}::test_anything_else_in_a_token_is_forged_and_not_shown",
    ),
    Attack(
        "signs an envelope with a field out of bounds: name, text, time, numbers",
        "told to everybody: `forged`; not shown",
        f"{MEMBER}::test_an_envelope_with_a_field_out_of_bounds_is_forged",
    ),
    Attack(
        "writes verbs and commands in a text",
        "harmless: they are shown as the text that they are",
        f"{MEMBER}::test_verbs_in_a_text_are_a_text",
    ),
    Attack(
        "steers a terminal by names and texts, in the plain face",
        "harmless: no control, bidi or invisible character of theirs is written",
        f"{TERMINAL}::test_the_plain_face_writes_no_control_that_came_from_a_text",
    ),
    Attack(
        "the same, in JSON",
        "harmless: all is ASCII, one line for each event",
        f"{TERMINAL}::test_the_json_face_writes_ascii_and_one_line_for_each_event",
    ),
    Attack(
        "the same, in the app",
        "harmless: the terminal gets what draws a quiet room too, and nothing else",
        f"{TERMINAL}::test_the_app_writes_no_control_that_came_from_a_text",
    ),
)


def table(attacks: tuple[Attack, ...], who: str) -> str:
    """Return the rows as they stand in the documentation."""
    rows = [f"| {who} | what comes of it | played by |", "|---|---|---|"]
    for attack in attacks:
        test = attack.test.partition("::")[2]
        rows.append(f"| {attack.what} | {attack.outcome} | `{test}` |")
    return "\n".join(rows) + "\n"


def tables() -> str:
    """Return both tables."""
    relay, member = table(LYING_RELAY, "a relay"), table(LYING_MEMBER, "a member")
    return f"{relay}\n{member}"


if __name__ == "__main__":
    print(tables(), end="")  # noqa: T201 - what it is for
