"""Callbacks of Keras, and batches of generators and Sequences."""
import numpy as np, tensorflow as tf
tf.logging.set_verbosity(tf.logging.ERROR)
L=tf.keras.layers
x=np.random.RandomState(0).randn(40,6).astype('f'); y=np.eye(3)[np.random.RandomState(1).randint(0,3,40)]
m=tf.keras.Sequential([L.Dense(5,activation='relu',input_shape=(6,),kernel_initializer='ones'),L.Dense(3,activation='softmax',kernel_initializer='zeros')])
m.compile('sgd','categorical_crossentropy',metrics=['accuracy'])
cb=tf.keras.callbacks
log=[]
m.fit(x,y,epochs=4,verbose=0,shuffle=False,validation_data=(x,y),callbacks=[cb.TensorBoard('tb',histogram_freq=1,write_images=True),cb.CSVLogger('a.csv'),cb.EarlyStopping('val_loss',min_delta=1,patience=1,verbose=1),cb.ReduceLROnPlateau('val_loss',factor=0.5,patience=0,min_delta=1,verbose=1),cb.LambdaCallback(on_epoch_end=lambda e,l: log.append((e,sorted(l)))),cb.ModelCheckpoint('m{epoch}.h5',verbose=1,save_best_only=True,monitor='val_acc'),cb.LearningRateScheduler(lambda e: 0.1/(e+1),verbose=1)])
print(log); print([[round(float(v),4) for v in l.split(",")] for l in open("a.csv").read().split()[1:]])
class S(tf.keras.utils.Sequence):
    def __len__(self): return 4
    def __getitem__(self,i): return x[i*10:i*10+10],y[i*10:i*10+10]
def gen():
    while True:
        for i in range(4): yield x[i*10:i*10+10],y[i*10:i*10+10]
for d,kw in ((S(),{}),(gen(),dict(steps_per_epoch=4))):
    h=m.fit_generator(d,epochs=2,verbose=2,shuffle=False,**kw); print({k:np.round(v,4).tolist() for k,v in h.history.items()})
print(np.round(m.evaluate_generator(gen(),steps=4),4), m.predict_generator(S()).shape)
