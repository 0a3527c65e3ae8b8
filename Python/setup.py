"""The wheel carries a program, so it is one platform's."""

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


setup(cmdclass={"bdist_wheel": PlatformWheel}, distclass=ProgramDistribution)
