"""Models on several graphics cards."""


def multi_gpu_model(model, gpus, cpu_merge=True, cpu_relocation=False):
    """There is one device here, the CPU: an error, as TensorFlow's where there are no graphics cards."""
    number = len(gpus) if isinstance(gpus, (list, tuple)) else gpus
    if number <= 1:
        raise ValueError('For multi-gpu usage to be effective, call `multi_gpu_model` with `gpus >= 2`. Received: `gpus=%s`'
                         % gpus)
    wanted = ['/cpu:0'] + ['/gpu:%d' % i for i in (gpus if isinstance(gpus, (list, tuple)) else range(gpus))]
    raise ValueError('To call `multi_gpu_model` with `gpus=%s`, we expect the following devices to be available: %s. However '
                     'this machine only has: %s. Try reducing `gpus`.' % (gpus, wanted, ['/cpu:0', '/xla_cpu:0']))
