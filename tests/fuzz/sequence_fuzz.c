/* Any bytes behind ESC: keys, reports of a mouse, or nothing, and never out of bounds. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/keys.h"
#include "ui/sequence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sequence s = {0};

	for (size_t i = 0; i < size; i++) {
		struct mouse mouse = {.act = MOUSE_NOTHING};
		int key = KEY_NONE_;

		if (!s.intro) {
			sequence_begin(&s, data[i] & 1 ? '[' : 'O');
			continue;
		}
		switch (sequence_take(&s, data[i], &key, &mouse)) {
		case SEQUENCE_MORE:
			assert(s.intro && key == KEY_NONE_);
			break;
		case SEQUENCE_NOTHING:
			assert(!s.intro);
			break;
		case SEQUENCE_KEY:
			assert(!s.intro && key > KEY_NONE_ && key < KEY_MOUSE_);
			break;
		case SEQUENCE_MOUSE:
			assert(!s.intro && mouse.act >= MOUSE_CLICK && mouse.act <= MOUSE_WHEEL_RIGHT);
			assert(mouse.x >= 0 && mouse.x < 100000 && mouse.y >= 0 && mouse.y < 100000);
			break;
		}
	}
	return 0;
}
