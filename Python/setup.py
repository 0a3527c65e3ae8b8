"""The wheel carries a program, so it is one platform's."""

import pathlib
import re

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel


class PlatformWheel(bdist_wheel):
    def finalize_options(self):
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self):
        # No Python is compiled: every version takes it.
        return "py3", "none", super().get_tag()[2]


class ProgramDistribution(Distribution):
    """Files that belong to a platform, as extension modules do."""

    def has_ext_modules(self):
        return True


def version() -> str:
    """The version of the program, which stands in its source."""
    source = pathlib.Path(__file__).parent.parent / "Sources/Moderation/Moderator+Version.swift"
    return re.search(r'version = "(.+)"', source.read_text()).group(1)


setup(version=version(), cmdclass={"bdist_wheel": PlatformWheel}, distclass=ProgramDistribution)
