"""JupyterLab's settings for this course directory, read by `gradetape lab`: kernels start with TensorFlow in memory."""

c = get_config()  # noqa: F821 - Jupyter provides it

c.ServerApp.jpserver_extensions = {
    "gradetape.lab": True,
    "jupyterlab_jupytext": False,  # it would write a learner's notebook to whatever files that one names
}
c.KernelProvisionerFactory.default_provisioner_name = "gradetape-warm"
