// Makes the library one that Node can load. Loading it registers the operations with TensorFlow.
extern "C" __attribute__((visibility("default"))) void* napi_register_module_v1(void*, void* exports) { return exports; }
