/* A disk with a volatile cache, as a library to preload.
 *
 * Writes go to the files as always. Only when a file under $PLATTER_LIVE is synced is its content at that moment copied to
 * $PLATTER: what lies there is what a power cut leaves. Names go through at once (unlink); sizes go with the content.
 * The copy is written aside and renamed, so that killing the process never tears the platter itself.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The place on the platter of a live path, or 0 if the path is none of ours. */
static int place_of(const char *path, char *place) {
    const char *live = getenv("PLATTER_LIVE"), *platter = getenv("PLATTER");
    if (!live || !platter) return 0;
    size_t length = strlen(live);
    if (strncmp(path, live, length) != 0 || path[length] != '/') return 0;
    const char *name = path + length + 1;
    if (strchr(name, '/')) return 0;
    snprintf(place, PATH_MAX, "%s/%s", platter, name);
    return 1;
}

static void keep(int fd) {
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return;
    char link[64], path[PATH_MAX], place[PATH_MAX], aside[PATH_MAX + 8];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return;
    path[length] = 0;
    if (!place_of(path, place)) return;
    snprintf(aside, sizeof aside, "%s.aside", place);
    int out = open(aside, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (out < 0) _exit(97);
    char buffer[65536];
    off_t at = 0;
    for (ssize_t got; (got = pread(fd, buffer, sizeof buffer, at)) > 0; at += got)
        if (write(out, buffer, got) != got) _exit(98);
    close(out);
    if (rename(aside, place) != 0) _exit(99);
}

/* Whether syncs fail now: while the live folder holds a file `fail-sync`. */
static int fails(void) {
    char path[PATH_MAX];
    const char *live = getenv("PLATTER_LIVE");
    if (!live) return 0;
    snprintf(path, sizeof path, "%s/fail-sync", live);
    return access(path, F_OK) == 0;
}

int fsync(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    if (fails()) return errno = EIO, -1;
    keep(fd);
    return real(fd);
}

int fdatasync(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
    if (fails()) return errno = EIO, -1;
    keep(fd);
    return real(fd);
}

int unlink(const char *path) {
    int (*real)(const char *) = dlsym(RTLD_NEXT, "unlink");
    char place[PATH_MAX];
    int done = real(path);
    if (done == 0 && place_of(path, place)) real(place);
    return done;
}
