/*
 * Whole files as text.
 */
#ifndef APP_FILES_H
#define APP_FILES_H

#include <sys/types.h>

#include "base/buffer.h"
#include "base/error.h"

/* A file that is given on the command line may be this large. */
#define FILE_TEXT_MAX ((size_t)16 * 1024 * 1024)

/*
 * The text of the file at @path ("-": standard input), NUL-terminated, to be freed;
 * or NULL with @err set.
 */
char *file_text(const char *path, struct error *err);

/* Make the folders above @path that are not there, with @mode.  0, or -1 with @err set. */
int file_make_folders(const char *path, mode_t mode, struct error *err);

/*
 * Put @text in the place of the file at @path, at once: it is the old one or the new
 * one.  A new file gets @mode, another one keeps its own.  0, or -1 with @err set.
 */
int file_replace(const char *path, const struct buffer *text, mode_t mode, struct error *err);

#endif
