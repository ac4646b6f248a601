# ruff: noqa: RUF001 - letters of other scripts are what these tests are about
from concurrent.futures import ThreadPoolExecutor

import pytest

from parsers.language import detect

SENTENCES = {
    "tr": "Söz konusu içeriğin kaldırılması için gereğini rica ederiz, kararımız ekte sunulmuştur.",
    "en": "Please remove the material described below and tell us what you have done about it.",
    "de": "Wir bitten Sie, den nachstehend bezeichneten Inhalt zu entfernen und uns zu unterrichten.",
    "fr": "Nous vous demandons de retirer le contenu suivant et de nous informer de la suite donnée.",
    "ja": "下記の動画を削除してくださいますようお願いいたします。",
    "zh": "請協助處理以下影片，並將結果回覆本會。",
    "ko": "아래 영상을 삭제하여 주시기 바랍니다.",
    "el": "Παρακαλούμε να αφαιρέσετε το παρακάτω βίντεο.",
    "he": "נא להסיר את הסרטון הבא בהקדם.",
    "ru": "Просим удалить указанный ниже материал и сообщить о принятых мерах.",
}


@pytest.mark.parametrize(("code", "text"), SENTENCES.items())
def test_language_is_recognised(code: str, text: str) -> None:
    assert detect(text).code == code


def test_capitals_are_the_same_language() -> None:
    assert detect(SENTENCES["tr"].replace("i", "İ").replace("ı", "I").upper()).code == "tr"


@pytest.mark.parametrize(
    "text", ["", "  \n", "https://clipora.example/live/123456 @someone 12.11.2026 a@b.example"]
)
def test_text_without_words_has_no_language(text: str) -> None:
    assert detect(text).code is None


def test_same_text_gives_the_same_guess_from_many_threads() -> None:
    with ThreadPoolExecutor(8) as threads:
        guesses = list(threads.map(detect, [SENTENCES["fr"]] * 40))
    assert len(set(guesses)) == 1
