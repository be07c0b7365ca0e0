import pytest
from pydantic import ValidationError

from pbx.errors import SettingMissing
from pbx.settings import PbxSettings


def test_missing_secret_is_named():
    with pytest.raises(SettingMissing, match="SLOVO_AMI_SECRET is not set"):
        PbxSettings().secret()


def test_empty_secret_counts_as_missing():
    with pytest.raises(SettingMissing, match="SLOVO_AMI_SECRET"):
        PbxSettings(ami_secret="").secret()


def test_secret_is_masked_in_text():
    settings = PbxSettings(ami_secret="hush-hush")
    assert settings.secret() == "hush-hush"
    assert "hush-hush" not in repr(settings)
    assert "hush-hush" not in str(settings.model_dump(mode="json"))


def test_every_field_has_a_help_text():
    fields = PbxSettings.model_fields
    assert [name for name, field in fields.items() if not field.description] == []


def test_seconds_and_bytes_stand_in_names():
    for name in PbxSettings.model_fields:
        if "timeout" in name or "interval" in name or "reconnect" in name:
            assert name.endswith("_s"), name


def test_broken_pattern_is_refused_in_words():
    with pytest.raises(ValidationError, match="no regular expression"):
        PbxSettings(internal="(")


def test_unknown_setting_is_refused():
    with pytest.raises(ValidationError, match="ami_hots"):
        PbxSettings(ami_hots="127.0.0.1")


def test_longest_wait_below_the_first_is_refused():
    with pytest.raises(ValidationError, match="reconnect_max_s"):
        PbxSettings(reconnect_min_s=5, reconnect_max_s=1)


def test_missing_authority_file_is_named(tmp_path):
    settings = PbxSettings(ami_tls=True, ami_tls_ca=tmp_path / "none.pem")
    with pytest.raises(SettingMissing, match="SLOVO_AMI_TLS_CA"):
        settings.tls_context()


def test_tls_checks_the_host_name():
    context = PbxSettings(ami_tls=True).tls_context()
    assert context is not None
    assert context.check_hostname
    assert PbxSettings().tls_context() is None
