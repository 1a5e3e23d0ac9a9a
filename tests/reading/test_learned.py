"""The trained part of the ear: what the models are shown, how a verdict falls, what is done without the files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.ear import ear, open_ear
from bot.reading.learned import weights
from bot.reading.learned.decide import Scale, Verdict
from bot.reading.learned.pieces import LONGEST, pieces
from bot.reading.learned.reader import shown
from bot.reading.learned.taught import Taught, judged_before
from bot.reading.learned.words import passage, plain
from bot.reading.reader import read_window
from bot.reading.tuning import CERTAIN, MAX_SHIFT
from bot.reading.types import Example, Finding, Kind, Side, Tuning, Window
from tests.reading.helpers import message, window

DEAL_DESK = "the other bidder already has his price on their table and ours hasn't left your deal desk"
SCALE = Scale(encoder=1.0, linear=0.0, rule=2.0, length=-1.0, bias=0.0, sure=0.8, look=0.4)


def hear(text: str, *, tuning: Tuning | None = None) -> list[Finding]:
    said = window(message(text))
    kept, dropped = read_window(ear().reader, Window(said.messages, tuning=tuning or Tuning()))
    assert dropped == []
    return kept


def letters(text: str) -> list[int]:
    return [ord(letter) for letter in text]


def test_a_risk_without_a_cue_word_is_heard_and_says_what_weighed() -> None:
    [risk] = [finding for finding in hear(DEAL_DESK) if finding.kind is Kind.RISK]
    assert risk.reader == "model" and risk.rule == "model.risk"
    assert 0.0 < risk.confidence <= 1.0
    assert risk.weighed and all(phrase in risk.quote for phrase in risk.weighed)


@pytest.mark.parametrize(
    "text",
    [
        "thanks all, see you on thursday",
        "The pilot is live in all nine branches and nobody noticed, which is the best review.",
        "Did the second batch of scanners ever turn up?",
        "Last year the customs office kept us waiting for a month, this year it took a day.",
        "Good news: the pumps passed the test and the site is back on track for May.",
    ],
)
def test_ordinary_talk_and_look_alikes_escalate_nothing(text: str) -> None:
    quiet = {Kind.COMMITMENT, Kind.REQUEST}
    assert [finding for finding in hear(text) if finding.sure and finding.kind not in quiet] == []


def test_a_promise_the_rules_do_not_know_has_owner_and_day() -> None:
    [promise] = [finding for finding in hear("Redirects: my job, done by Friday.") if finding.kind is Kind.COMMITMENT]
    assert (promise.reader, promise.owner, promise.due_phrase) == ("model", "partner", "by Friday")


def test_slack_markup_is_made_plain() -> None:
    sides = {"U0ANA": Side.US, "U0LI": Side.PARTNER}
    shown = plain(
        "<@U0ANA> &amp; <@U0LI|li>: <https://x.example/1|the plan> in <#C1|joint> <!here> :tada: <@U0WHO>", sides
    )
    assert shown == "@us & @partner: the plan in joint @here tada @somebody"


@pytest.mark.parametrize("text", ["<!" * 20_000, "<#A" * 13_000, "<@U|" * 10_000, ":a" * 20_000, "&lt" * 13_000])
def test_hostile_markup_is_made_plain_in_no_time(text: str) -> None:
    started = time.thread_time()
    plain(text, {})
    assert time.thread_time() - started < 0.5


@given(st.lists(st.text("ab .!?", min_size=1, max_size=120), min_size=1, max_size=30))
def test_every_sentence_lies_in_exactly_one_piece(said: list[str]) -> None:
    read = passage(message("\n".join(said)), window(message("\n".join(said))))
    cut = pieces(read, letters)
    assert [piece.first + k for piece in cut for k in range(len(piece.spans))] == list(range(len(read.words)))
    for piece in cut:
        assert len(piece.ids) == len(piece.types)
        assert len(piece.spans) == 1 or len(piece.ids) <= LONGEST
        for number, (start, end) in enumerate(piece.spans, piece.first):
            assert piece.ids[start:end] == letters(read.words[number])[: end - start]


def test_what_was_said_before_stands_before_and_is_not_judged() -> None:
    before, now = message("Is the certificate there?", ts="1.0", user="U0ANA"), message("Still nothing.", ts="2.0")
    seen = Window([before, now], 1)
    [piece] = pieces(passage(now, seen), letters)
    assert len(piece.spans) == 1
    assert piece.types[piece.spans[0][0]] == 1 and 0 in piece.types[1:]


@pytest.mark.parametrize(
    ("likely", "turns", "numbers"),
    [
        ({Kind.RISK}, 0, [0, 1, 2]),
        ({Kind.RISK, Kind.MISALIGNMENT}, 1, [0, 1, 2]),
        ({Kind.COMMITMENT, Kind.REQUEST}, 0, [0, 2]),
        ({Kind.COMMITMENT, Kind.RISK}, 0, [0, 1, 2]),
        (set[Kind](), 0, [0, 1, 2]),
    ],
)
def test_the_encoder_is_shown_what_it_takes(likely: set[Kind], turns: int, numbers: list[int]) -> None:
    before = message("Thirty seats were agreed.", ts="1.0", user="U0ANA")
    now = message("Twenty seats it is. Hm. I send the sheet today.", ts="2.0")
    read, sentences = shown(passage(now, Window([before, now], 1)), [2, 0], likely)
    assert (len(read.turns), list(sentences)) == (turns, numbers)
    now = message(now.text + " Yes." * 20, ts="2.0")
    read, sentences = shown(passage(now, Window([before, now], 1)), [2, 0], likely)
    assert (len(read.turns), list(sentences)) == (1, list(range(23)))


def test_a_message_of_several_pieces_is_judged_sentence_by_sentence() -> None:
    encoder = weights.load().encoder
    assert encoder is not None
    said = "\n".join([DEAL_DESK, *(f"Thanks for the notes of meeting number {n}, all fine." for n in range(40))])
    read = passage(message(said), window(message(said)))
    heard = encoder.hear(read)
    risk = [float(each.logits[0]) for each in heard]
    assert len(heard) == len(read.words) and max(risk) == risk[0]


NOT_ONE = Taught(is_one=False, same=True)


def test_a_verdict_falls_by_the_marks() -> None:
    assert [SCALE.verdict(p, Kind.RISK, Tuning()) for p in (0.1, 0.5, 0.9)] == [
        Verdict.NOTHING,
        Verdict.LOOK,
        Verdict.SURE,
    ]


@given(st.floats(0, 1), st.floats(-1, 1), st.sampled_from([None, NOT_ONE]), st.booleans())
def test_lessons_never_silence_what_was_heard(
    probability: float, shift: float, taught: Taught | None, ruled: bool
) -> None:
    before = SCALE.verdict(probability, Kind.RISK, Tuning(), ruled=ruled)
    after = SCALE.verdict(probability, Kind.RISK, Tuning({Kind.RISK: shift}), taught, ruled=ruled)
    if before is not Verdict.NOTHING:
        assert after is not Verdict.NOTHING
    if before is Verdict.SURE and (ruled or probability >= CERTAIN):
        assert after is Verdict.SURE


def test_a_lesson_moves_what_is_near_the_mark() -> None:
    higher, lower = Tuning({Kind.RISK: MAX_SHIFT}), Tuning({Kind.RISK: -MAX_SHIFT})
    assert SCALE.verdict(0.85, Kind.RISK, higher) is Verdict.LOOK
    assert SCALE.verdict(0.75, Kind.RISK, lower) is Verdict.SURE
    assert SCALE.verdict(0.9, Kind.RISK, Tuning(), NOT_ONE) is Verdict.LOOK


def test_words_that_were_flagged_are_heard_the_next_time_and_words_like_them_when_likely() -> None:
    flagged = "The stencil for the quay numbers is with the painter's cousin again."
    tuning = Tuning(examples=(Example(Kind.RISK, flagged, True),))
    before = [finding for finding in hear(flagged) if finding.kind is Kind.RISK and finding.sure]
    [after] = [finding for finding in hear(flagged, tuning=tuning) if finding.kind is Kind.RISK]
    assert before == [] and after.sure and after.rule == "model.risk.flagged-before"
    assert judged_before(flagged.upper(), Kind.RISK, tuning) == Taught(True, True)
    assert judged_before(flagged.replace("quay", "gate"), Kind.RISK, tuning) == Taught(True, False)
    assert judged_before(flagged.replace("is with", "is not with"), Kind.RISK, tuning) is None
    assert judged_before(flagged, Kind.SCOPE, tuning) is None


def test_a_long_message_must_be_surer() -> None:
    assert SCALE.probability(1.0, 0.0, False, 4) == SCALE.probability(1.0, 0.0, False, 1)
    assert SCALE.probability(1.0, 0.0, False, 40) < SCALE.probability(1.0, 0.0, False, 8)


def test_all_sentences_together_may_be_wrong_as_often_as_a_lone_one() -> None:
    lone = 1.0 - SCALE.mark(Kind.RISK, 1)
    for sentences in (2, 4, 30):
        assert sentences * (1.0 - SCALE.mark(Kind.RISK, sentences)) == pytest.approx(lone)
    assert SCALE.mark(Kind.RISK, 1) == SCALE.mark(Kind.COMMITMENT, 30) == SCALE.sure


def test_what_escalates_by_itself_is_worth_a_look_in_a_long_message() -> None:
    def falls(kind: Kind, sentences: int, probability: float = 0.85, *, ruled: bool = False) -> Verdict:
        return SCALE.verdict(probability, kind, Tuning(), ruled=ruled, sentences=sentences)

    assert [falls(Kind.RISK, n) for n in (1, 2, 30)] == [Verdict.SURE, Verdict.LOOK, Verdict.LOOK]
    assert falls(Kind.COMMITMENT, 30) is Verdict.SURE
    assert falls(Kind.RISK, 30, ruled=True) is Verdict.SURE
    assert falls(Kind.RISK, 30, 0.999) is Verdict.SURE


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(weights.FOLDER, tmp_path / "weights"))


def test_without_the_encoders_file_the_linear_model_and_the_rules_work_and_say_so(copied: Path) -> None:
    (copied / weights.ENCODER).unlink()
    found = open_ear(copied)
    assert found.made_of == "rules and the linear model"
    assert weights.ENCODER in found.missing and "git" in found.missing
    said = window(message("The cutover is delayed by two weeks and nobody told the bank."))
    assert Kind.RISK in {finding.kind for finding in found.reader.read(said)}


@pytest.mark.parametrize("name", [weights.ENCODER, weights.LINEAR, weights.SCALES, weights.TOKENIZER])
def test_a_file_that_is_not_the_trained_one_is_refused(copied: Path, name: str) -> None:
    changed = bytearray((copied / name).read_bytes())
    changed[len(changed) // 2] ^= 1
    (copied / name).write_bytes(changed)
    found = open_ear(copied)
    assert found.made_of == "rules only"
    assert name in found.missing and "SHA-256" in found.missing


def test_without_a_manifest_only_the_rules_are_left(copied: Path) -> None:
    (copied / weights.MANIFEST).write_text(json.dumps({"sha256": []}), encoding="utf-8")
    assert open_ear(copied).made_of == "rules only"


@pytest.mark.parametrize(
    ("library", "made_of"), [("onnxruntime", "rules and the linear model"), ("numpy", "rules only")]
)
def test_without_a_library_the_rest_works_and_says_so(library: str, made_of: str) -> None:
    asked = (
        f"import sys; sys.modules['{library}'] = None\n"
        "from bot.reading.ear import ear; print(ear().made_of, '|', ear().missing)"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert told.startswith(f"{made_of} | {library}") and f"pip install {library}" in told
