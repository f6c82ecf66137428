#include "ui/sequence.h"

#include "ui/keys.h"

/* No key and no screen has a larger number. */
#define NUMBER_MAX 99999
/* Of a mouse's report in the form from before there were numbers. */
#define OLD_REPORT_BYTES 3

void sequence_begin(struct sequence *s, int intro)
{
	*s = (struct sequence){.intro = intro, .numbers = 1};
}

static void take_digit(struct sequence *s, int digit)
{
	int *number;

	if (s->numbers > SEQUENCE_NUMBERS)
		return;
	number = &s->number[s->numbers - 1];
	*number = *number * 10 + digit < NUMBER_MAX ? *number * 10 + digit : NUMBER_MAX;
}

/* Up to the final character: digits, what separates them, and marks of all kinds. */
static void take_parameter(struct sequence *s, uint32_t ch)
{
	if (ch >= '0' && ch <= '9')
		take_digit(s, (int)(ch - '0'));
	else if (ch == ';')
		s->numbers += s->numbers <= SEQUENCE_NUMBERS;
	else if (ch == '<' && !s->began && s->intro == '[')
		s->mouse = true;
	else
		s->other = true;
}

enum sequence_end sequence_take(struct sequence *s, uint32_t ch, int *key, struct mouse *mouse)
{
	const struct sequence was = *s;

	if (s->left > 0) {
		if (--s->left > 0)
			return SEQUENCE_MORE;
		*s = (struct sequence){0};
		return SEQUENCE_NOTHING;
	}
	if (ch >= 0x20 && ch < 0x40) {
		take_parameter(s, ch);
		s->began = true;
		return SEQUENCE_MORE;
	}
	if (ch == 'M' && s->intro == '[' && !s->began) {
		s->left = OLD_REPORT_BYTES;
		return SEQUENCE_MORE;
	}
	*s = (struct sequence){0};
	if (was.other)
		return SEQUENCE_NOTHING;
	if (was.mouse) {
		*mouse = was.numbers == SEQUENCE_NUMBERS
				 ? mouse_of_report(was.number[0], was.number[1], was.number[2], (int)ch)
				 : (struct mouse){.act = MOUSE_NOTHING};
		return mouse->act == MOUSE_NOTHING ? SEQUENCE_NOTHING : SEQUENCE_MOUSE;
	}
	*key = was.numbers == 1 ? key_of_sequence(was.intro, was.number[0], (int)ch) : KEY_NONE_;
	return *key == KEY_NONE_ ? SEQUENCE_NOTHING : SEQUENCE_KEY;
}
