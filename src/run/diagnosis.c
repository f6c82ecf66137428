#include "run/diagnosis.h"

const char *diagnosis_name(enum diagnosis_cause cause)
{
	static const char *const name[] = {
#define X(id, name, words) name,
		DIAGNOSIS_CAUSES(X)
#undef X
	};

	return cause < CAUSE_COUNT ? name[cause] : name[CAUSE_NOT_ENOUGH];
}

const char *diagnosis_words(enum diagnosis_cause cause)
{
	static const char *const words[] = {
#define X(id, name, words) words,
		DIAGNOSIS_CAUSES(X)
#undef X
	};

	return cause < CAUSE_COUNT ? words[cause] : words[CAUSE_NOT_ENOUGH];
}
