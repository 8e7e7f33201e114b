"""What is known of a paper's copy: digitised, taken from a store, signed. All with defaults of the database."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("dossiers", "0002_guidance_and_messages")]

    operations = [
        migrations.AddField("part", "is_digitised", models.BooleanField(
            default=False, db_default=False, help_text="a copy compared and signed")),
        migrations.AddField("part", "is_reused", models.PositiveSmallIntegerField(
            default=0, db_default=0,
            help_text="DuocTaiSuDung: 0 no, 1 province's store, 2 national store (unconfirmed)")),
        migrations.AddField("part", "kept_as", models.BigIntegerField(
            null=True, help_text="the paper's id where it was taken from")),
        migrations.AddField("part", "signed_by", models.CharField(
            max_length=200, default="", db_default="", blank=True)),
        migrations.AddField("part", "signature", models.CharField(
            max_length=12, default="", db_default="", blank=True, help_text="valid, demo, broken")),
        migrations.AddField("part", "signature_valid_at", models.DateTimeField(
            null=True, help_text="when the signature was checked and held")),
        migrations.AddField("part", "valid_until", models.DateField(null=True)),
        migrations.AlterField("part", "source", models.CharField(
            choices=[("upload", "tải lên"), ("scan", "quét tại quầy"), ("paper", "bản giấy"),
                     ("database", "từ cơ sở dữ liệu"), ("vault", "từ kho giấy tờ")],
            default="upload", max_length=8)),
    ]
