"""Keras with eager execution: models that are trained by fit, and by a tape."""
import numpy as np, tensorflow as tf
tf.logging.set_verbosity(tf.logging.ERROR)
tf.enable_eager_execution()
L=tf.keras.layers
x=np.random.RandomState(0).randn(40,6).astype('f'); y=np.eye(3)[np.random.RandomState(1).randint(0,3,40)]
def show(h): print({k:np.round(v,4).tolist() for k,v in h.history.items()})
tf.set_random_seed(1)
m=tf.keras.Sequential([L.Dense(5,activation='relu',input_shape=(6,),kernel_initializer='ones'),L.BatchNormalization(),L.Dense(3,activation='softmax',kernel_initializer='zeros')])
m.compile(tf.keras.optimizers.Adam(0.01),'categorical_crossentropy',metrics=['accuracy'])
show(m.fit(x,y,epochs=2,verbose=0,shuffle=False,validation_data=(x,y)))
m.summary()
print(np.round(m.predict(x[:2]),4).tolist(), np.round(m.evaluate(x,y,verbose=0),4).tolist())
a=L.Input((6,)); b=L.Dense(4,kernel_initializer='ones')(a); c=L.concatenate([a,b]); d=L.Dense(1,kernel_initializer='ones')(c)
f=tf.keras.Model(a,[d,c]); print(f.output_shape,[tuple(v.shape) for v in f(tf.constant(x[:2]))])
f.compile('sgd',['mse',None]); show(f.fit(x,x[:,:1],verbose=0,shuffle=False))
class M(tf.keras.Model):
    def __init__(self):
        super().__init__(); self.d1=L.Dense(4,activation='relu',kernel_initializer='ones'); self.d2=L.Dense(3,kernel_initializer='zeros')
        self.drop=L.Dropout(0.5)
    def call(self,x,training=False): return self.d2(self.drop(self.d1(x),training=training))
s=M(); print(s(tf.constant(x)).shape,len(s.variables))
s.compile(tf.train.GradientDescentOptimizer(0.1),tf.keras.losses.CategoricalCrossentropy(from_logits=True),metrics=['accuracy'])
show(s.fit(x,y,verbose=0,batch_size=40))
s2=M(); o=tf.keras.optimizers.SGD(0.1); l=tf.keras.losses.CategoricalCrossentropy(from_logits=True)
for _ in range(2):
    with tf.GradientTape() as t: v=l(y,s2(tf.constant(x)))
    g=t.gradient(v,s2.trainable_variables); o.apply_gradients(zip(g,s2.trainable_variables)); print(round(float(v),5))
acc=tf.keras.metrics.CategoricalAccuracy(); acc(y,s2(tf.constant(x))); print(round(float(acc.result()),4)); acc.reset_states(); print(float(acc.result()))
r=tf.keras.Sequential([L.Embedding(5,3,mask_zero=True),L.LSTM(4),L.Dense(1)]); print(r(tf.constant([[1,2,0]])).shape)
s.save_weights('eager_w'); s3=M(); s3.load_weights('eager_w'); print(np.abs(s3(tf.constant(x))-s(tf.constant(x))).max())
