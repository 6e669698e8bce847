from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchpoints.parsers.words import fold, fold_name, index_synonyms


@pytest.mark.parametrize("word", ["E-Mail", "e_mail", " é mail ", "E.MAIL"])
def test_spellings_of_a_word_meet(word):
    assert fold(word) == "e mail"


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_words_run_together_are_parted_in_names_only():
    assert fold_name("accountId") == "account id"
    assert fold("WhatsApp") == "whatsapp"


def test_a_word_for_two_values_is_a_mistake():
    with pytest.raises(ValueError, match="stands for both"):
        index_synonyms({"call": ["Ring"], "visit": ["ring"]})
