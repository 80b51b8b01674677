"""What the build is for: CPUs."""

is_cuda_build = False
is_rocm_build = False
