// What is used of Node-API. It is stable, so the few functions are declared here and Node's headers need not be installed.
#pragma once
#include <cstddef>
#include <cstdint>

typedef struct napi_env__* napi_env;
typedef struct napi_value__* napi_value;
typedef struct napi_ref__* napi_ref;
typedef struct napi_deferred__* napi_deferred;
typedef struct napi_async_work__* napi_async_work;
typedef struct napi_callback_info__* napi_callback_info;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);
typedef void (*napi_async_execute_callback)(napi_env, void* data);
typedef void (*napi_async_complete_callback)(napi_env, int status, void* data);

extern "C" {
int napi_create_function(napi_env, const char* name, size_t length, napi_callback, void* data, napi_value* result);
int napi_set_named_property(napi_env, napi_value object, const char* name, napi_value value);
int napi_get_cb_info(napi_env, napi_callback_info, size_t* count, napi_value* values, napi_value* self, void** data);
int napi_get_typedarray_info(napi_env, napi_value, int* type, size_t* length, void** data, napi_value* buffer, size_t* offset);
int napi_get_value_int64(napi_env, napi_value, int64_t* result);
int napi_get_boolean(napi_env, bool value, napi_value* result);
int napi_create_string_utf8(napi_env, const char* text, size_t length, napi_value* result);
int napi_create_array(napi_env, napi_value* result);
int napi_set_element(napi_env, napi_value array, uint32_t index, napi_value value);
int napi_create_reference(napi_env, napi_value value, uint32_t count, napi_ref* result);
int napi_delete_reference(napi_env, napi_ref);
int napi_create_promise(napi_env, napi_deferred* deferred, napi_value* promise);
int napi_resolve_deferred(napi_env, napi_deferred, napi_value result);
int napi_create_async_work(napi_env, napi_value resource, napi_value name, napi_async_execute_callback,
                           napi_async_complete_callback, void* data, napi_async_work* result);
int napi_queue_async_work(napi_env, napi_async_work);
int napi_delete_async_work(napi_env, napi_async_work);
int napi_throw_error(napi_env, const char* code, const char* message);
}

// The arguments of a call, read one after the other.
class Arguments {
 public:
  static constexpr size_t MOST = 20;

  Arguments(napi_env env, napi_callback_info info) : env(env) {
    napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
  }

  int64_t number() {
    int64_t value = 0;
    if (napi_get_value_int64(env, values[next++], &value) != 0) isSound = false;
    return value;
  }

  // The elements of a typed array, of which there must be at least `count`.
  template <typename T>
  T* array(int64_t count, int64_t* size = nullptr) {
    void* data = nullptr;
    size_t length = 0;
    const int status = napi_get_typedarray_info(env, values[next++], nullptr, &length, &data, nullptr, nullptr);
    if (status != 0 || (int64_t)length < count) isSound = false;
    if (size) *size = length;
    return static_cast<T*>(data);
  }

  bool areSound() {
    if (!isSound) napi_throw_error(env, nullptr, "Expected numbers, and arrays as large as they say.");
    return isSound;
  }

  // Keeps the arguments, arrays and all, until it is deleted.
  napi_ref keep() {
    napi_value all;
    napi_create_array(env, &all);
    for (size_t i = 0; i < count; i++) napi_set_element(env, all, i, values[i]);
    napi_ref reference;
    napi_create_reference(env, all, 1, &reference);
    return reference;
  }

  bool isSound = true;

 private:
  napi_env env;
  size_t count = MOST;
  napi_value values[MOST] = {};
  int next = 0;
};
