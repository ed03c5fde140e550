/* SPDX-License-Identifier: EUPL-1.2 */
/* Runs a fuzz target over files and folders of inputs, in any build: the ordinary tests replay what
 * fuzzing has found before. No input at all is a failure. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#define INPUT_MAX ((size_t)4 * 1024 * 1024)

static char *bytes;
static size_t count;

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 1;
    }
    size_t n = fread(bytes, 1, INPUT_MAX, file);
    int failed = ferror(file) || !feof(file);
    fclose(file);
    if (failed) {
        fprintf(stderr, "%s: cannot be read, or is too large\n", path);
        return 1;
    }
    /* Said before, so that the input is known when the target aborts. */
    fprintf(stderr, "%s\n", path);
    char *own = fuzz_copy(bytes, n);
    LLVMFuzzerTestOneInput((const uint8_t *)own, n);
    free(own);
    count++;
    return 0;
}

static int replay(const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISDIR(status.st_mode))
        return replay_file(path);
    struct dirent **names;
    int n = scandir(path, &names, NULL, alphasort);
    int failed = n < 0;
    if (n < 0)
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    for (int i = 0; i < n; i++) {
        char inner[4096];
        if (names[i]->d_name[0] != '.') {
            snprintf(inner, sizeof inner, "%s/%s", path, names[i]->d_name);
            failed |= replay_file(inner);
        }
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    return failed;
}

int main(int argc, char **argv)
{
    int failed = 0;
    bytes = malloc(INPUT_MAX);
    REQUIRE(bytes != NULL);
    for (int i = 1; i < argc; i++)
        failed |= replay(argv[i]);
    free(bytes);
    printf("%zu inputs\n", count);
    return failed || count == 0;
}
