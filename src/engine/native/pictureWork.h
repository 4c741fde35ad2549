#pragma once
#include "nodeApi.h"

// Functions for Node that read and scale a picture beside the main thread and return promises: true, or false where a JPEG
// is damaged or of another size.
//
// decodeJpeg(encoded, height, width, result): RGB bytes, [height, width, 3].
napi_value decodeJpeg(napi_env env, napi_callback_info info);

// cutPicture(source, isJpeg, height, width, top, left, cutHeight, cutWidth, rowsFirst, result, columns …, rows …): a part of
// a picture, which is RGB bytes or a JPEG, scaled. Columns and rows are mixed as ./mixing.h says, counted from the part's own.
napi_value cutPicture(napi_env env, napi_callback_info info);
