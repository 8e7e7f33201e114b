"""The deployment's values, typed, from the environment (prefix ``TINHSO_``) or a ``.env`` file beside the program."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(BaseSettings):
    """A deployment differs from another by these values, never by code."""

    model_config = SettingsConfigDict(env_prefix="TINHSO_", env_file=".env", extra="ignore")

    home: Path = Field(Path("var"), description="where data, files and logs of this deployment are kept")
    port: int = 8000
    host: str = "127.0.0.1"
    database_url: str = Field("", validation_alias="DATABASE_URL", description="empty: the embedded server")
    database_replica_url: str = Field(
        "", validation_alias="DATABASE_REPLICA_URL", description="a replica for heavy reads; empty: none"
    )
    replica_seconds: float = Field(30, description="the most a replica may be behind and still be asked")
    test_database: str = Field("", description="name of the database that tests create; empty: one per run")
    secret_key: str = Field("", description="empty: made once and kept in <home>/secret-key")
    secret_keys_before: list[str] = Field([], description="former keys, JSON: what they signed is still believed")
    production: bool = Field(False, description="HTTPS only, secure cookies, no demonstration accounts on pages")
    allowed_hosts: list[str] = ["localhost", "127.0.0.1", "[::1]"]
    base_url: str = Field("", description="public address used in messages and QR codes; empty: http://host:port")
    trusted_proxies: int = Field(0, description="how many proxies in front add to X-Forwarded-For")
    pool_size: int = 4
    email_url: str = Field("", description="smtp://user:password@host:port; empty: messages are written to <home>/mail")
    mail_from: str = "Tỉnh Số <khong-tra-loi@localhost>"
    sms_gateway: str = Field(
        "",
        description="an address; 'esms', 'speedsms' or both with a comma; 'file': to <home>/sms; empty: no SMS",
    )
    sms_key: str = Field("", description="what the SMS gateway knows this platform by")
    sms_sender: str = Field("", description="brand name that recipients see")
    push_key: Path | None = Field(None, description="VAPID private key (PEM) for web push; empty: <home>/push.pem")
    push_services: list[str] = Field(
        ["fcm.googleapis.com", "push.services.mozilla.com", "notify.windows.com", "push.apple.com"],
        description="hosts (and those below them) that browsers may name as their push service",
    )
    s3_bucket: str = Field("", description="empty: files on local disk under <home>/files")
    s3_endpoint: str = ""
    province: str = Field("", description="national identifier of the province; set by tinhso init")
    officials_need_second_factor: bool = Field(
        False, description="officials must set up one-time codes or a passkey before working"
    )
    identity_file: Path | None = Field(
        None,
        description="identity providers (national e-ID, officials' directory); empty: <home>/identity.yaml, if any",
    )
    national_portal_url: str = Field("", description="address of the national portal's exchange; empty: link is off")
    national_portal_user: str = ""
    national_portal_password: str = ""
    national_portal_agency: str = Field("", description="our code on the portal; empty: the province's identifier")
    national_portal_names: dict[str, str] = Field({}, description="fields of messages the portal names otherwise, JSON")
    national_portal_operations: dict[str, str] = Field({}, description="last part of the portal's addresses, JSON")
    national_portal_ca: Path | None = Field(None, description="certificates of the portal's authority (PEM)")
    national_portal_seconds: float = Field(20, gt=0, le=50, description="the longest a question to the portal may last")
    national_portal_file_hosts: list[str] = Field([], description="further hosts from which files may be fetched, JSON")
    backup_recipients: list[str] = Field([], description="age public keys that backups are encrypted for")
    archive: Path | None = Field(None, description="folder where tinhso up keeps all that is ever written; empty: none")
    metrics_token: str = Field("", description="what a monitoring system shows at /metrics; empty: no such page")
    traces_url: str = Field("", description="collector of traces, OTLP over HTTP; empty: none are made")
    log_level: str = "INFO"
    max_upload_mb: int = 20
    signing_pkcs12: Path | None = Field(None, description="signing certificate; empty: the demonstration certificate")
    signing_password: str = ""
    payment_secrets: dict[str, str] = Field({}, description='{"account code": "secret of its bank"} for signed notices')
    open311_jurisdiction: str = Field("", description="the only jurisdiction_id that programs may name; empty: any")
    open311_writes_a_minute: int = Field(600, gt=0, description="reports and updates that one program's key may send")
    open311_bare_types: bool = Field(False, description="answer content types without charset, for strict validators")
    open311_media_hosts: list[str] = Field([], description="hosts from which programs' photos may be fetched, JSON")
    channel_secrets: dict[str, dict[str, str]] = Field(
        {}, description='{"line code": {"app_secret": …, "oa_secret": …}} of Zalo, Facebook (also verify, page_token)'
    )
    channel_hosts: dict[str, str] = Field({}, description="other addresses of operators, JSON: zalo_api, zalo_oauth …")
    channel_picture_hosts: list[str] = Field(
        ["zdn.vn", "zadn.vn", "zalo.me", "fbcdn.net"],
        description="hosts from which people's pictures are fetched, JSON",
    )
    channel_mini_origins: list[str] = Field(
        ["https://h5.zdn.vn", "zbrowser://h5.zdn.vn"], description="where the Mini App's pages come from, JSON"
    )
    channel_messages_a_minute: int = Field(300, gt=0, description="at most so many messages of ours a minute and line")
    workers: int = Field(2, description="web processes")
    renewal_seconds: float = Field(
        20, description="how long a renewed web process may load before its former one stops"
    )
    jobs: int = Field(4, description="jobs done side by side by one worker process")


env = Environment()
