from django.apps import AppConfig
from django.conf import settings


class KernelConfig(AppConfig):
    """Comes last among the kernel's apps: when all models are there, the modules' manifests are read."""

    name = "tinhso.kernel"
    label = "kernel"

    def ready(self) -> None:
        from tinhso.kernel import manifest

        if not manifest.registry.modules:
            manifest.load(settings.TINHSO_MODULES)
