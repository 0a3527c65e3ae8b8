"""Runs the Spark script on two executors, and on two hosts. Needs Java and a program: MODERATE; for the
hosts root and ip."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import time

import pytest
from conftest import CHECKOUT, MARK, check, kill_one
from hosts import SPACES, inside

from swift_moderation._program import program

pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="java is not installed")


def home():
    import pyspark

    return os.path.dirname(pyspark.__file__)


def start(comments, output, *options, log, submit=("--master=local-cluster[2,1,1024]",), address="127.0.0.1",
          within=()):
    paths = {"PYTHONPATH": str(CHECKOUT / "Python/src"), "MODERATE": program()}
    environment = [f"--conf=spark.executorEnv.{name}={value}" for name, value in paths.items()]
    return subprocess.Popen(
        [*within, os.path.join(home(), "bin/spark-submit"), *submit, *environment, "--conf=spark.ui.enabled=false",
         "--conf=spark.speculation=true", "--conf=spark.speculation.multiplier=1.1",
         "--conf=spark.sql.execution.arrow.maxRecordsPerBatch=40",
         "--conf=spark.sql.files.minPartitionNum=8",
         str(CHECKOUT / "Scale/moderate_parquet.py"),
         f"--input={comments}", f"--output={output}", *options],
        stdout=log, stderr=subprocess.STDOUT,
        env={**os.environ, **paths, "PYSPARK_PYTHON": sys.executable,
             "SPARK_HOME": home(), "SPARK_LOCAL_IP": address})


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


@pytest.fixture
def cluster(network, tmp_path):
    """Spark's own cluster: a master in the first namespace, and a host in each of two others."""
    name, _, value = MARK.partition("=")

    def daemon(space, address, kind, *arguments):
        with open(tmp_path / f"{kind}-{space}", "wb") as log:
            return inside(
                SPACES[space], os.path.join(home(), "bin/spark-class"), f"org.apache.spark.deploy.{kind}",
                "--host", address, *arguments, stdout=log, stderr=subprocess.STDOUT,
                env={**os.environ, "SPARK_HOME": home(), "SPARK_LOCAL_IP": address, name: value})

    master = daemon(0, "10.77.0.1", "master.Master", "--port", "7077")
    workers = [
        daemon(number, f"10.77.0.1{number}", "worker.Worker", "--cores", "1", "--memory", "1g",
               "--work-dir", str(tmp_path / f"work{number}"), "spark://10.77.0.1:7077")
        for number in (1, 2)]
    yield workers
    for process in [*workers, master]:
        process.kill()
        process.wait()


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("ip") is None, reason="needs root and ip")
def test_a_host_of_a_cluster_that_is_lost_costs_no_row(cluster, comments, expected, tmp_path, log):
    output = tmp_path / "verdicts"
    driver = start(
        comments, output, log=log, address="10.77.0.1", within=["ip", "netns", "exec", SPACES[0]],
        submit=["--master=spark://10.77.0.1:7077", "--conf=spark.driver.host=10.77.0.1"])
    kill_one(driver, "moderate\0classify")
    # The host goes with all that runs on it.
    kill_one(driver, "CoarseGrainedExecutorBackend", "10.77.0.12")
    cluster[1].kill()
    finish(driver, log)
    check(output, expected)
    assert "Lost executor" in open(log.name, errors="replace").read()
