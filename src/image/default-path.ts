/** The PATH that Docker and the CRI runtimes set where an image names none (moby oci/defaults.go, containerd WithDefaultPathEnv). */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
