/*
 * Arrays that grow by one element at a time, of which their owner keeps the number of
 * elements and the room.
 */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>

/*
 * Make room for element number @index (from 0) of @list, an array from malloc() or NULL
 * with room for *@room elements of @size bytes.  The room begins with @least and doubles,
 * so that an element costs the same however many there are; new ones are not set.
 *
 * Returns the array, which may have moved, with *@room brought up to date; the caller's
 * to free().  NULL without memory: then @list and *@room are as they were.
 */
void *array_room(void *list, size_t *room, size_t index, size_t least, size_t size);

#endif
