"""Runs the Spark script on two executors. Needs Java and a program: MODERATE."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import time

import pytest
from conftest import CHECKOUT, check, kill_one

from swift_moderation._program import program

pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="java is not installed")


def start(comments, output, *options, log):
    import pyspark

    paths = {"PYTHONPATH": str(CHECKOUT / "Python/src"), "MODERATE": program()}
    environment = [f"--conf=spark.executorEnv.{name}={value}" for name, value in paths.items()]
    return subprocess.Popen(
        [os.path.join(os.path.dirname(pyspark.__file__), "bin/spark-submit"),
         "--master=local-cluster[2,1,1024]", *environment, "--conf=spark.ui.enabled=false",
         "--conf=spark.speculation=true", "--conf=spark.speculation.multiplier=1.1",
         "--conf=spark.sql.execution.arrow.maxRecordsPerBatch=40",
         "--conf=spark.sql.files.minPartitionNum=8",
         str(CHECKOUT / "Scale/moderate_parquet.py"),
         f"--input={comments}", f"--output={output}", *options],
        stdout=log, stderr=subprocess.STDOUT,
        env={**os.environ, **paths, "PYSPARK_PYTHON": sys.executable,
             "SPARK_HOME": os.path.dirname(pyspark.__file__), "SPARK_LOCAL_IP": "127.0.0.1"})


@pytest.fixture
def log(tmp_path):
    with open(tmp_path / "log", "wb") as log:
        yield log


def finish(driver, log):
    assert driver.wait() == 0, open(log.name, errors="replace").read()[-4000:]


def test_rows_are_there_once_with_the_bits_of_the_command_line(comments, expected, tmp_path, log):
    output = tmp_path / "verdicts"
    finish(start(comments, output, log=log), log)
    check(output, expected)
    # Nothing is left to do.
    files = sorted(output.glob("*.parquet"))
    finish(start(comments, output, log=log), log)
    check(output, expected)
    assert set(files) <= set(output.glob("*.parquet"))


def test_a_child_and_an_executor_that_are_killed_cost_no_row(comments, expected, tmp_path, log):
    output = tmp_path / "verdicts"
    driver = start(comments, output, log=log)
    kill_one(driver, "moderate\0classify")
    kill_one(driver, "CoarseGrainedExecutorBackend")
    finish(driver, log)
    check(output, expected)
    assert "Lost executor" in open(log.name, errors="replace").read()


def test_a_run_that_was_broken_off_goes_on_where_it_stopped(comments, expected, tmp_path, log):
    output = tmp_path / "verdicts"
    bundle = tmp_path / "bundle.tar.gz"
    driver = start(comments, output, "--slices=6", log=log)
    while not list(output.glob("*.parquet")):
        assert driver.poll() is None, open(log.name, errors="replace").read()[-4000:]
        time.sleep(0.1)
    driver.kill()
    driver.wait()
    before = {path: path.stat().st_mtime_ns for path in output.glob("*.parquet")}
    # The model comes as an archive this time; its digest is the same.
    report = json.loads(subprocess.check_output([program(), "inspect", "--format", "json"]))
    with tarfile.open(bundle, "w:gz") as archive:
        archive.add(report["model"]["folder"], ".")
    finish(start(comments, output, f"--archive={bundle}", log=log), log)
    check(output, expected)
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())
