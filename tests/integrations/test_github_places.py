"""Repositories as places: who reads there, and which names nobody else can take."""

import pytest

from integrations.github.models import Owner, Permissions, Repository, User
from integrations.github.places import Places, bare_name, reader_of
from skills.record import PUBLIC

NAME = "Octo/Hello"


def place(*, push: bool = False, private: bool = False, visibility: str = "public") -> Places:
    owner = Owner(login="Octo", type="Organization")
    told = Repository(
        full_name=NAME, owner=owner, private=private, visibility=visibility, permissions=Permissions(push=push)
    )
    return Places({NAME: told})


def test_everybody_reads_a_public_repository():
    assert place().readers(NAME) == {PUBLIC}


@pytest.mark.parametrize("visibility", ["private", "internal"])
def test_a_repository_that_is_not_public_is_read_by_its_own(visibility: str):
    assert place(private=True, visibility=visibility).readers(NAME) == {"github:octo/hello"}


def test_a_repository_for_a_whole_enterprise_is_not_public_whatever_else_is_said():
    assert place(visibility="internal").readers(NAME) == {"github:octo/hello"}


def test_nobody_is_said_to_read_what_is_not_told():
    assert Places({}).readers(NAME) == frozenset()
    assert Places({}).names(NAME) == (NAME,)


def test_a_bare_name_counts_only_where_the_person_was_let_in():
    assert place().keys(NAME, 7) == ("Octo/Hello#7", "Octo/Hello 7", "Octo/Hello #7")
    assert {"Hello#7", "Hello 7", "Hello #7"} <= set(place(push=True).keys(NAME, 7))
    assert place(private=True).names(NAME) == (NAME, "Hello")


def test_an_account_is_a_reader_and_a_deleted_one_is_nobody():
    assert reader_of(User(login="Leila-H", id=1)) == "github:leila-h"
    assert reader_of(None) == ""
    assert bare_name(NAME) == "Hello"
