/* What Debian's libparted.a wants beside itself. Linked behind it by archive_parted, in every program that uses it.
 *
 * Debian's build calls libdevmapper, which has no static archive: each function below answers 0 or NULL, which
 * libparted reads as "this is not a device-mapper device". Nothing of ours is one: libparted sees memory files only. */
#include <stdlib.h>
#include <string.h>

#define ANSWER_ZERO(name) \
  long name(void);        \
  long name(void) { return 0; }

ANSWER_ZERO(dm_get_next_target)
ANSWER_ZERO(dm_set_dev_dir)
ANSWER_ZERO(dm_udev_set_sync_support)
ANSWER_ZERO(dm_udev_wait)
ANSWER_ZERO(dm_task_add_target)
ANSWER_ZERO(dm_task_create)
ANSWER_ZERO(dm_task_destroy)
ANSWER_ZERO(dm_task_get_deps)
ANSWER_ZERO(dm_task_get_info)
ANSWER_ZERO(dm_task_get_name)
ANSWER_ZERO(dm_task_get_uuid)
ANSWER_ZERO(dm_task_no_open_count)
ANSWER_ZERO(dm_task_retry_remove)
ANSWER_ZERO(dm_task_run)
ANSWER_ZERO(dm_task_set_cookie)
ANSWER_ZERO(dm_task_set_major_minor)
ANSWER_ZERO(dm_task_set_name)
ANSWER_ZERO(dm_task_set_uuid)
ANSWER_ZERO(dm_task_update_nodes)

/* Debian's gptsync patch runs popen("dmidecode …") in a constructor, before main: a crash where there is no /bin/sh, and
 * a hybrid MBR instead of a protective one on Apple machines. This variable answers its question; 101 runs before it. */
__attribute__((constructor(101))) static void never_ask_for_apple(void) { setenv("PARTED_GPT_APPLE", "0", 1); }

/* ped_disk_commit_to_os runs system("udevadm settle"), which writes "not found" over the screen where there is none.
 * LINKER:--wrap=system leads here; other callers in the same program, which only tests have, get the real one. */
int __real_system(const char* command);
int __wrap_system(const char* command);
int __wrap_system(const char* command) {
  if (command != NULL && strncmp(command, "udevadm ", 8) == 0) return 0;
  return __real_system(command);
}
